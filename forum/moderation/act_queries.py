"""Acts of moderation and appeals against them, as a viewer may read them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.acts.quotations import OUT_OF_SIGHT, WAS_REMOVED, find_hidden_with
from forum.acts.recording import HELD, said_of_thread
from forum.acts.sentences import UNSEEN
from forum.acts.waiting import appeals_waiting_for
from forum.errors import NotFound
from forum.moderation.records import Repeating, ShownAct
from forum.policy import (
    Decision,
    acts_shown_to,
    cards_readable_by,
    documents_readable_by,
    granted_acts_shown_to,
    may_undo,
    named_to,
    nobody_else_administers,
    overrules_move,
    readable_by,
    somebody_judges,
    threads_readable_by,
)
from forum.records import Person
from forum.shown_people import columns_of, person_from
from forum.tables import (
    acts,
    audit_words,
    cards,
    cases,
    documents,
    held_posts,
    membership_states,
    networks,
    posts,
    reports,
    threads,
)
from forum.viewer import Viewer

MOST_APPEALS = 50
_people = accounts.alias("people")
_actors = accounts.alias("actors")

_WAS_OUT_OF_SIGHT = or_(
    func.coalesce(acts.c.before["hidden_rule"].as_string(), "") != "",
    acts.c.before[WAS_REMOVED].as_string().is_not(None),
)
"""A post that was hidden or removed already when an act was done about it."""


def _was_judged_by(viewer: Viewer) -> ColumnElement[bool]:
    return acts.c.appeal_by_id == viewer.id


def _is_by_author() -> ColumnElement[bool]:
    return posts.c.removed_by.is_not_distinct_from(posts.c.author_id)


def _about(viewer: Viewer) -> list[ColumnElement[Any]]:
    """What an act was about: not selected at all for somebody who judges without reading the network.

    What an open one says of it anybody may read; the words that were taken away are for whom they concern alone.
    """
    is_shown = or_(acts_shown_to(viewer), networks.c.access == "open")
    # What lies in another network by now is asked for by itself.
    is_read = and_(is_shown, threads_readable_by(viewer), threads.c.network_id == acts.c.network_id)
    # The post may lie in another network by now.
    is_own = acts.c.account_id == viewer.id
    # What its author took away is shown to nobody for the act, whether before it or after it was undone.
    by_author = func.coalesce(acts.c.before[WAS_REMOVED].as_string() == "author", false())
    since = and_(acts.c.undone_at.is_not(None), posts.c.removed_at.is_not(None), _is_by_author())
    is_there = and_(posts.c.network_id == acts.c.network_id, by_author.is_(False), ~since)
    is_open = and_(acts_shown_to(viewer), or_(is_own, is_there))
    # Whoever it concerns may know the network's name while it has an address that shows it to them.
    named = or_(networks.c.access.in_(("open", "closed")), readable_by(viewer), viewer_oversees(viewer))
    return [
        case((is_shown, acts.c.reason), else_=""),
        case((is_shown, posts.c.id)),
        case((is_read, acts.c.thread_id)),
        case((is_read, posts.c.number)),
        case((is_read, threads.c.title), else_=""),
        case((is_open, posts.c.html), else_=""),
        posts.c.erased_at.is_not(None),
        is_shown,
        case((named, networks.c.name), else_=""),
        case((named, networks.c.slug), else_=""),
        networks.c.access == "open",
        case((is_shown, acts.c.document_id)),
        case((and_(is_shown, documents_readable_by(viewer)), documents.c.title), else_=""),
        case((is_shown, acts.c.card_id)),
        case((and_(is_shown, cards_readable_by(viewer)), cards.c.title), else_=""),
        threads.c.network_id,
        case((and_(is_shown, acts.c.post_id.is_(None)), acts.c.thread_id)),
    ]


def _acts(viewer: Viewer) -> Select[Any]:
    return (
        select(
            acts.c.id,
            acts.c.network_id,
            acts.c.kind,
            acts.c.rule,
            acts.c.at,
            acts.c.until,
            acts.c.undone_at,
            acts.c.appeal,
            acts.c.appealed_at,
            acts.c.appeal_outcome,
            acts.c.appeal_answer,
            acts.c.appeal_decided_at,
            acts.c.version,
            appeals_waiting_for(viewer),
            nobody_else_administers(),
            somebody_judges(),
            _WAS_OUT_OF_SIGHT,
            *columns_of(_people),
            *columns_of(_actors),
            *_about(viewer),
        )
        .select_from(acts)
        .join(networks, networks.c.id == acts.c.network_id)
        .outerjoin(posts, posts.c.id == acts.c.post_id)
        .outerjoin(threads, threads.c.id == acts.c.thread_id)
        .outerjoin(documents, documents.c.id == acts.c.document_id)
        .outerjoin(cards, cards.c.id == acts.c.card_id)
        .outerjoin(_people, _people.c.id == acts.c.account_id)
        .outerjoin(_actors, _actors.c.id == acts.c.by_id)
    )


def viewer_oversees(viewer: Viewer) -> ColumnElement[bool]:
    """An administrator of the site knows every network's name."""
    return literal(viewer.is_site_administrator)


def _act(viewer: Viewer, row: Sequence[Any]) -> ShownAct:
    is_moderated, about = viewer.has_role(row[1], "moderator"), row[23:]
    person, by = person_from(row[17:20]), person_from(row[20:23])
    return ShownAct(
        id=row[0],
        network_id=row[1],
        kind=row[2],
        rule=row[3],
        reason=about[0],
        at=row[4],
        until=row[5],
        person=person,
        by=by if is_moderated else None,
        undone_at=row[6],
        appeal=row[7],
        appealed_at=row[8],
        appeal_outcome=row[9],
        appeal_answer=row[10],
        appeal_decided_at=row[11],
        version=row[12],
        post_id=about[1],
        thread_id=about[2],
        number=about[3],
        title=about[4] or "",
        html=about[5] or "",
        is_erased=bool(about[6]),
        is_whole=bool(about[7]),
        network=about[8],
        slug=about[9],
        is_public=bool(about[10]),
        **_things(about[11:15]),
        # What a moderator does to a thread of their own concerns nobody else: there is nobody to appeal to.
        is_mine=person is not None and person.id == viewer.id and (by is None or by.id != viewer.id),
        is_moderated=is_moderated,
        is_judged=bool(row[13]),
        goes_to_site=bool(row[14]),
        has_judge=bool(row[15]),
        stays_out_of_sight=bool(row[16]),
        is_in_reach=_is_in_reach(viewer, row, about[15]),
    )


def _is_in_reach(viewer: Viewer, row: Sequence[Any], here_id: str | None) -> bool:
    if here_id in (None, row[1]) or viewer.has_role(str(here_id), "moderator"):
        return True
    return overrules_move(viewer, row[2], is_asked=row[9] == "granted" or bool(row[13]))


def may_undo_shown(viewer: Viewer, act: ShownAct) -> Decision:
    """Whether this viewer takes back an act that they were shown."""
    by_id, is_granted = act.by.id if act.by else None, act.appeal_outcome == "granted"
    return may_undo(viewer, act.kind, act.network_id, by_id, act.about, is_granted=is_granted)


def _things(about: Sequence[Any]) -> dict[str, Any]:
    document_id, document, card_id, card = about
    return {"document_id": document_id, "document": document or "", "card_id": card_id, "card": card or ""}


async def get_act(connection: AsyncConnection, viewer: Viewer, act_id: str) -> ShownAct:
    """An act, for whom it concerns, the network's moderators and whoever judges an appeal. Raises NotFound."""
    of_site = granted_acts_shown_to(viewer)
    may_see = or_(acts_shown_to(viewer), appeals_waiting_for(viewer), _was_judged_by(viewer), of_site)
    query = _acts(viewer).where(acts.c.id == act_id, may_see)
    row = (await connection.execute(query)).first() if viewer.id else None
    if row is None:
        raise NotFound
    act = _act(viewer, tuple(row))
    if act.is_mine and act.kind in ("expel", "ban"):
        act = replace(act, lapsed=await _lapsed(connection, viewer, act))
    if act.kind == "reject" and (act.is_mine or act.is_moderated):
        act = await _with_held(connection, viewer, act)
    if row[-1] is not None:
        act = await _with_thread(connection, viewer, act, row[-1])
    if act.is_moderated and act.number == 1 and act.kind in ("hide", "remove"):
        act = replace(act, title_before=await _hidden_title(connection, viewer, act_id))
    if act.undone_at is not None:
        return replace(act, undo_reason=await _why_undone(connection, act_id) if act.is_whole else "")
    if not act.is_moderated or act.rule != "patient_data" or act.post_id is None:
        return act
    hidden = await find_hidden_with(connection, act.network_id, act.id)
    return replace(act, quotation_count=len(hidden.ending), repeating=await _repeating(connection, viewer, act))


async def _hidden_title(connection: AsyncConnection, viewer: Viewer, act_id: str) -> str:
    """What the thread was called whose title is hidden with this post: as the words, for who decides about them."""
    asked = (
        select(threads.c.hidden_title)
        .join(acts, acts.c.thread_id == threads.c.id)
        .join(networks, networks.c.id == threads.c.network_id)
        .where(acts.c.id == act_id, acts.c.network_id == threads.c.network_id, threads_readable_by(viewer))
    )
    return await connection.scalar(asked) or ""


async def _repeating(connection: AsyncConnection, viewer: Viewer, act: ShownAct) -> tuple[Repeating, ...]:
    this = select(reports.c.id).where(reports.c.case_id == cases.c.id, reports.c.act_id == act.id)
    found = (
        select(posts.c.id, posts.c.number, threads.c.title, posts.c.excerpt, cases.c.id, *columns_of(_people))
        .select_from(cases)
        .join(posts, posts.c.id == cases.c.post_id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == threads.c.network_id)
        .join(_people, _people.c.id == posts.c.author_id)
        .where(cases.c.network_id == act.network_id, cases.c.outcome == "", posts.c.removed_at.is_(None))
        .where(posts.c.network_id == act.network_id)
        .where(this.exists().correlate(cases), threads_readable_by(viewer))
        .order_by(posts.c.id)
        .limit(MOST_APPEALS)
    )
    return tuple(
        Repeating(row[0], row[1], row[2], person_from(row[5:8]) or Person("", ""), row[3], row[4])
        for row in (await connection.execute(found)).all()
    )


async def _lapsed(connection: AsyncConnection, viewer: Viewer, act: ShownAct) -> tuple[tuple[str, datetime], ...]:
    """What the viewer wrote in this network that waited for a moderator as this act ended that they belong to it."""
    begun = select(func.max(membership_states.c.at)).where(
        membership_states.c.account_id == viewer.id,
        membership_states.c.network_id == act.network_id,
        membership_states.c.status.in_(("removed", "banned")),
        membership_states.c.at <= act.at,
    )
    own = (held_posts.c.author_id == viewer.id, held_posts.c.network_id == act.network_id)
    then = (held_posts.c.decided_at >= begun.scalar_subquery(), held_posts.c.decided_at <= act.at)
    asked = select(held_posts.c.id, held_posts.c.created_at).where(*own, *then, held_posts.c.outcome == "lapsed")
    return tuple((row.id, row.created_at) for row in await connection.execute(asked.order_by(held_posts.c.id)))


async def _with_held(connection: AsyncConnection, viewer: Viewer, act: ShownAct) -> ShownAct:
    """What was turned down, and whether it could wait again. Where it waits in another network by now, its moderators
    alone are led there."""
    before = await connection.scalar(select(acts.c.before).where(acts.c.id == act.id))
    held_id = str((before or {}).get(HELD, ""))
    asked = select(held_posts.c.network_id, held_posts.c.outcome, held_posts.c.body != "")
    row = (await connection.execute(asked.where(held_posts.c.id == held_id))).first()
    network_id, outcome, has_words = tuple(row) if row is not None else ("", "", False)
    is_led = act.is_mine or network_id == act.network_id or viewer.has_role(network_id, "moderator")
    is_forgotten = outcome != "rejected" or not has_words
    return replace(act, held_id=held_id if is_led else "", is_forgotten=is_forgotten)


async def _with_thread(connection: AsyncConnection, viewer: Viewer, act: ShownAct, thread_id: str) -> ShownAct:
    """What the thread was called, and where it went: the title as it was then; its address where they may read it."""
    said = await _said_then(connection, viewer, act, thread_id)
    about = select(threads.c.network_id, threads.c.title, threads_readable_by(viewer))
    asked = about.join(networks, networks.c.id == threads.c.network_id).where(threads.c.id == thread_id)
    here = (await connection.execute(asked)).one()
    is_read = bool(here[2])
    act = replace(
        act,
        thread=said.get("title") or said.get("after", ""),
        title_before=said.get("before", ""),
        # What it is called since is not for who belongs no more.
        title_after=said.get("after", "") if is_read or viewer.role_in(act.network_id) else "",
        title=here.title if is_read else "",
        thread_id=thread_id if is_read else None,
    )
    if act.kind != "move":
        return act
    # Older rows of the log do not say where it went.
    went = said.get("network") or (here.network_id if here.network_id != act.network_id else None)
    name = await connection.scalar(select(networks.c.name).where(networks.c.id == went, named_to(viewer)))
    return replace(act, place=name or UNSEEN)


async def _said_then(connection: AsyncConnection, viewer: Viewer, act: ShownAct, thread_id: str) -> Mapping[str, str]:
    """What the log says of an act on a thread, without what whoever began it could not read there: it was moved to that
    network, and they never belonged to it. They know it by what it was called as it first left theirs."""
    said = await said_of_thread(connection, thread_id, act.kind, act.id)
    if act.is_moderated or viewer.role_in(act.network_id) is not None:
        return said
    earlier = select(acts.c.id).where(acts.c.thread_id == thread_id, acts.c.kind == "move", acts.c.id < act.id)
    first: str | None = await connection.scalar(earlier.order_by(acts.c.id).limit(1))
    if first is None:
        return said
    known = (await said_of_thread(connection, thread_id, "move", first)).get("title", "")
    return {name: word for name, word in said.items() if name == "network"} | ({"title": known} if known else {})


async def _why_undone(connection: AsyncConnection, act_id: str) -> str:
    """What whoever took an act back has said of it: it stands in the log alone, and can be emptied there."""
    said = (
        select(audit_words.c.word)
        .join(acts, acts.c.undo_row_id == audit_words.c.row_id)
        .where(acts.c.id == act_id, audit_words.c.name == "reason")
    )
    return await connection.scalar(said) or ""


async def find_newest_act(connection: AsyncConnection, viewer: Viewer, post_id: str) -> str:
    """The id of the newest act on a post that this viewer may see. Raises NotFound."""
    query = (
        select(acts.c.id)
        .where(acts.c.post_id == post_id, acts.c.kind.in_(OUT_OF_SIGHT), acts_shown_to(viewer))
        .order_by(acts.c.id.desc())
        .limit(1)
    )
    found: str | None = await connection.scalar(query)
    if found is None:
        raise NotFound
    return found


async def list_appeals(connection: AsyncConnection, viewer: Viewer, network_id: str | None) -> tuple[ShownAct, ...]:
    """Appeals that wait for this viewer, in one network or (None) wherever an administrator of the site must judge."""
    place = nobody_else_administers() if network_id is None else acts.c.network_id == network_id
    query = (
        _acts(viewer)
        .where(appeals_waiting_for(viewer), place)
        .order_by(acts.c.appealed_at, acts.c.id)
        .limit(MOST_APPEALS)
    )
    rows = [tuple(row) for row in (await connection.execute(query)).all()]
    found = [_act(viewer, row) for row in rows]
    # Of an act on a whole thread, which one that was.
    return tuple(
        [
            await _with_thread(connection, viewer, act, row[-1]) if row[-1] is not None else act
            for act, row in zip(found, rows, strict=True)
        ]
    )
