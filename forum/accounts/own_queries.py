"""What is held about somebody beside their account and their posts, list by list, for the file that they may take.

A list has ids of networks and of what it is about, beside which `own_names_queries` puts the names that the person may
know, and of other people nothing: who somebody is to others is told on pages, where rights are asked. What each list
and each word in it means is said in `own_words`. Which tables refer to people, and where each stands in the file or why
it does not, is compared with the tables themselves by a test.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import normalise_email
from auth.tables import links
from forum.accounts.queries import PART
from forum.policy import threads_readable_by
from forum.tables import (
    account_photos,
    acts,
    addressed_posts,
    announcement_reads,
    announcements,
    audit_rows,
    audit_words,
    bounced_addresses,
    broken_glass,
    card_uses,
    card_wordings,
    cards,
    cases,
    document_locks,
    document_openings,
    document_readings,
    document_versions,
    document_wishes,
    documents,
    erased_documents,
    folders,
    held_back,
    held_posts,
    invitation_drafts,
    invitations,
    joining_links,
    mail_wishes,
    membership_states,
    memberships,
    mentions,
    moved_readings,
    network_watches,
    networks,
    notifications,
    organisations,
    post_files,
    posts,
    reports,
    review_decisions,
    reviews,
    site_pages,
    thread_writers,
    threads,
    uploads,
)
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class OwnList:
    """One list of the file."""

    name: str
    about: tuple[str, ...]
    """Which columns that refer to a person it answers for, as `table.column`."""
    select: Callable[[Viewer], Select[Any]]
    """Its rows, in an order that does not change."""
    noun: str = ""
    """What its `id` names, where that has a name: a network, a thread, a document or a card."""


def _rows(name: str, column: ColumnElement[Any], columns: Sequence[ColumnElement[Any]], noun: str = "") -> OwnList:
    """All rows of a table in which this column names the person."""
    order = list(column.table.primary_key.columns)
    about = (f"{column.table.name}.{column.name}",)
    return OwnList(name, about, lambda viewer: select(*columns).where(column == viewer.id).order_by(*order), noun)


def _of(table: Any, names: str) -> list[Any]:
    """These columns; where a plainer word is told, as `column=word`, by that."""
    pairs = (name.partition("=") for name in names.split())
    return [table.c[name].label(word or name) for name, _, word in pairs]


def _email_key(viewer: Viewer) -> str:
    return normalise_email(viewer.account.email) if viewer.account and viewer.account.email else ""


def _reports(viewer: Viewer) -> Select[Any]:
    """With what came of each, as its page tells."""
    told = _of(reports, "id rule words created_at") + _of(cases, "outcome answer decided_at")
    found = select(*told).join(cases, cases.c.id == reports.c.case_id)
    return found.where(reports.c.reporter_id == viewer.id).order_by(reports.c.id)


def _decisions(viewer: Viewer) -> Select[Any]:
    """Not that somebody is marked: until access ends it may be thought over."""
    about_me = (review_decisions.c.account_id == viewer.id) & or_(
        review_decisions.c.decision != "end", review_decisions.c.done_at.is_not(None)
    )
    told = [*_of(review_decisions, "id decision decided_at answered_at done_at"), reviews.c.network_id]
    found = select(*told).join(reviews, reviews.c.id == review_decisions.c.review_id)
    return found.where(about_me).order_by(review_decisions.c.id)


def _deeds(viewer: Viewer) -> Select[Any]:
    """With the reason that they gave; what it was about by its id."""
    reason = and_(audit_words.c.row_id == audit_rows.c.id, audit_words.c.name == "reason")
    told = [*_of(audit_rows, "at chain=network_id role act object_kind object_id"), audit_words.c.word.label("reason")]
    found = select(*told).select_from(audit_rows.outerjoin(audit_words, reason))
    return found.where(audit_rows.c.actor_id == viewer.id).order_by(audit_rows.c.id)


def _done_about_me(viewer: Viewer) -> Select[Any]:
    """Not what others reported, nor what was decided about that: it would tell who reported."""
    others = [audit_rows.c.act.startswith(f"{noun}.") for noun in ("report", "review")]
    mine = and_(audit_rows.c.subject_id == viewer.id, ~or_(*others))
    return (
        select(*_of(audit_rows, "at chain=network_id act object_kind object_id")).where(mine).order_by(audit_rows.c.id)
    )


def _mentions(viewer: Viewer) -> Select[Any]:
    found = (
        select(mentions.c.post_id)
        .join(posts, posts.c.id == mentions.c.post_id)
        .join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == posts.c.network_id)
    )
    return found.where(mentions.c.account_id == viewer.id, threads_readable_by(viewer)).order_by(mentions.c.post_id)


def _invited(viewer: Viewer) -> Select[Any]:
    told = _of(invitations, "network_id address name organisation role created_at expires_at sent_at opened_at")
    told += _of(invitations, "reminded_at ended_at outcome bounced_at bounce")
    return select(*told).where(invitations.c.email_key == _email_key(viewer)).order_by(invitations.c.id)


def _bounced(viewer: Viewer) -> Select[Any]:
    mine = bounced_addresses.c.email_key == _email_key(viewer)
    return select(*_of(bounced_addresses, "at reason")).where(mine).order_by(bounced_addresses.c.email_key)


_ACT = "id network_id kind post_id thread_id rule reason at until undone_at appeal appealed_at appeal_decided_at"
_HELD = "id network_id thread_id title body reply_to_id created_at why outcome reason decided_at"
_STANDING = (
    "network_id visited_at=last_visit silenced_until=may_not_write_until hold_left=posts_read_first "
    "held_waiting=posts_waiting baseline=all_read_up_to read_count=number_read reads_after=reads_threads_after left_at"
)
_LINE = "kind network_id object_id thread_id number created_at read_at mail mailed_at"
_LINK = "network_id asks most_uses use_count expires_at created_at ended_at"
_ERASED = "id network_id reason erased_at"
_VERSION = "document_id number name size note created_at"
_WORDING = "card_id number title problem done place result evidence contact created_at"
_DRAFT = "network_id entries role message valid_days created_at"

LISTS: tuple[OwnList, ...] = (
    _rows("my_place_in_networks", memberships.c.account_id, _of(memberships, _STANDING)),
    _rows(
        "how_i_came_and_went",
        membership_states.c.account_id,
        _of(membership_states, "network_id status role at reason door=came_by"),
    ),
    _rows("acts_about_me", acts.c.account_id, _of(acts, f"{_ACT} appeal_outcome appeal_answer")),
    OwnList("reports_i_made", ("reports.reporter_id",), _reports),
    _rows("posts_that_waited", held_posts.c.author_id, _of(held_posts, _HELD)),
    _rows(
        "limits_that_held_me_back", held_back.c.account_id, _of(held_back, "network_id limit_name on_day times last_at")
    ),
    _rows("notifications", notifications.c.account_id, _of(notifications, _LINE)),
    _rows("my_photo", account_photos.c.account_id, _of(account_photos, "side size created_at")),
    _rows("mails_i_want", mail_wishes.c.account_id, _of(mail_wishes, "mail")),
    _rows(
        "what_i_want_to_hear_of_networks", network_watches.c.account_id, _of(network_watches, "network_id level mail")
    ),
    _rows("threads_i_wrote_in", thread_writers.c.account_id, _of(thread_writers, "thread_id")),
    _rows("threads_i_began", threads.c.author_id, _of(threads, "id network_id number created_at"), "thread"),
    _rows(
        "posts_to_me_that_i_have_not_read",
        addressed_posts.c.account_id,
        _of(addressed_posts, "post_id thread_id network_id"),
    ),
    OwnList("posts_that_mention_me", ("mentions.account_id",), _mentions),
    _rows(
        "read_before_a_thread_moved",
        moved_readings.c.account_id,
        _of(moved_readings, "thread_id network_id ranges=posts_read level"),
    ),
    OwnList("invitations_to_me", ("invitations.email_key",), _invited),
    OwnList("mail_that_came_back", ("bounced_addresses.email_key",), _bounced),
    _rows(
        "invitations_i_sent",
        invitations.c.invited_by,
        _of(invitations, "network_id role message created_at expires_at"),
    ),
    _rows("invitations_kept_for_me", invitation_drafts.c.account_id, _of(invitation_drafts, _DRAFT)),
    _rows("joining_links_i_made", joining_links.c.made_by, _of(joining_links, _LINK)),
    OwnList("access_reviews_about_me", ("review_decisions.account_id",), _decisions),
    _rows("announcements_i_made", announcements.c.author_id, _of(announcements, "id network_id title body created_at")),
    _rows(
        "announcements_i_put_away", announcement_reads.c.account_id, _of(announcement_reads, "announcement_id read_at")
    ),
    _rows(
        "networks_i_read_without_belonging",
        broken_glass.c.account_id,
        _of(broken_glass, "network_id reason begun_at ends_at ended_at"),
    ),
    _rows("documents_i_look_after", documents.c.owner_id, _of(documents, "id network_id created_at"), "document"),
    _rows("versions_i_shared", document_versions.c.author_id, _of(document_versions, _VERSION)),
    _rows(
        "documents_that_were_erased",
        erased_documents.c.concerned_id,
        _of(erased_documents, _ERASED),
    ),
    _rows("documents_i_work_on", document_locks.c.holder_id, _of(document_locks, "document_id purpose taken_at")),
    _rows("documents_i_wait_for", document_wishes.c.account_id, _of(document_wishes, "document_id")),
    _rows("documents_i_opened", document_openings.c.account_id, _of(document_openings, "document_id opened_at")),
    _rows("documents_i_read", document_readings.c.account_id, _of(document_readings, "document_id number read_at")),
    _rows(
        "files_of_my_posts", post_files.c.brought_by, _of(post_files, "id network_id post_id name alt size created_at")
    ),
    _rows("files_on_their_way", uploads.c.account_id, _of(uploads, "id network_id name size received created_at")),
    _rows("cards_i_look_after", cards.c.owner_id, _of(cards, "id network_id review_on created_at"), "card"),
    _rows("cards_i_wrote", cards.c.author_id, _of(cards, "id network_id changed_at"), "card"),
    _rows("wordings_of_cards", card_wordings.c.author_id, _of(card_wordings, _WORDING)),
    _rows("cards_i_use", card_uses.c.account_id, _of(card_uses, "card_id network_id words created_at")),
    _rows("folders_i_made", folders.c.made_by, _of(folders, "id network_id created_at")),
    _rows("networks_i_made", networks.c.created_by, _of(networks, "id created_at"), "network"),
    _rows("organisations_i_added", organisations.c.created_by, _of(organisations, "network_id name created_at")),
    _rows("pages_of_the_site_i_edited", site_pages.c.updated_by, _of(site_pages, "slug updated_at")),
    _rows("links_in_mails_to_me", links.c.account_id, _of(links, "purpose address created_at expires_at used_at")),
    OwnList("what_i_did", ("audit_rows.actor_id",), _deeds),
    OwnList("what_was_done_about_me", ("audit_rows.subject_id",), _done_about_me),
)

_IN_THE_LOG = "what the person did there stands in what_i_did"
ELSEWHERE: Mapping[str, str] = {
    "sessions.account_id": "sessions",
    "tokens.account_id": "tokens",
    "posts.author_id": "posts",
    "read_states.account_id": "what_i_have_read",
    "watches.account_id": "watched_threads",
}
"""What stands in other lists of the file."""
LEFT_OUT: Mapping[str, str] = {
    "review_names.account_id": "the name as it was when others signed a review, which the profile and the log tell",
    "requests.account_id": "the keys of requests, kept for a day to notice what comes twice",
    "cases.account_id": "that others reported somebody is not told to them: it would tell who did",
    "notifications.actor_id": "the lists of others",
    "search_rows.account_id": "words by which their posts and they themselves are found, which stand there as such",
    "threads.last_author_id": "their post stands among their posts",
    **dict.fromkeys(
        (
            "acts.by_id",
            "acts.undone_by",
            "acts.appeal_by_id",
            "cards.removed_by",
            "cases.taken_by",
            "cases.decided_by",
            "documents.withdrawn_by",
            "held_posts.decided_by",
            "joining_links.ended_by",
            "memberships.decided_by",
            "memberships.ended_by",
            "membership_states.by_id",
            "membership_states.door_by",
            "posts.removed_by",
            "review_decisions.decided_by",
            "reviews.begun_by",
            "reviews.signed_by",
        ),
        _IN_THE_LOG,
    ),
}
"""What does not stand in the file, and why."""


async def each_row(connection: AsyncConnection, own: OwnList, viewer: Viewer) -> AsyncIterator[dict[str, Any]]:
    """The rows of one list, read part by part."""
    asked, place = own.select(viewer).limit(PART), 0
    while True:
        rows = (await connection.execute(asked.offset(place))).mappings().all()
        for row in rows:
            yield dict(row)
        if len(rows) < PART:
            return
        place += PART
