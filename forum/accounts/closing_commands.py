"""Closing an account: its memberships end, what is kept about the person goes, the posts stay."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from auth.accounts import close_account
from auth.tables import accounts
from forum.accounts.commands import people_changed
from forum.accounts.leaving_queries import HEIR_FIELD
from forum.accounts.queries import list_last_administrations
from forum.attaching import forget_files
from forum.audit import forget_person
from forum.errors import Forbidden, Invalid
from forum.events import SessionsEnded
from forum.heirs import check_heir
from forum.membership import STANDS, Current, Step, change, lock_several
from forum.streams import account_stream
from forum.tables import (
    account_photos,
    addressed_posts,
    document_openings,
    document_readings,
    document_wishes,
    held_back,
    held_posts,
    invitation_drafts,
    mail_wishes,
    membership_states,
    memberships,
    moved_readings,
    network_watches,
    networks,
    notifications,
    post_files,
    read_states,
    requests,
    thread_writers,
    watches,
)
from forum.text import name_mark
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

LOOKED_FOR_AGAIN = timedelta(minutes=1)
"""So long afterwards what was on its way into the database is there, and a name that goes is looked for again."""


async def close_own_account(
    tx: Transaction, viewer: Viewer, *, name_stays: bool, heirs: Mapping[str, str] | None = None
) -> None:
    """Close for good. `heirs`: by network the administrator who takes over what the viewer holds there; it ends where
    there is none.

    Raises Forbidden with the list of networks that would be left without an administrator, and Invalid for an heir who
    can't be one.
    """
    heirs = {network_id: heir for network_id, heir in (heirs or {}).items() if heir}
    # Nobody takes them back into a network meanwhile.
    await tx.execute(select(accounts.c.id).where(accounts.c.id == viewer.id).with_for_update(key_share=True))
    people = await _hold_networks(tx, viewer, heirs)
    last = await list_last_administrations(tx.connection, viewer)
    if last:
        names = ", ".join(item.name for item in last)
        raise Forbidden(
            f"You are the only administrator of {names}. First name another there, then close your account."
        )
    for network_id, there in people.items():
        await _leave(tx, viewer.id, there, heirs.get(network_id, ""))
    # What they wrote when asking to join, and what was written about them: it would tell who they were.
    mine = update(memberships).where(memberships.c.account_id == viewer.id)
    await tx.execute(mine.values(words="", reason=""))
    await tx.execute(update(membership_states).where(membership_states.c.account_id == viewer.id).values(reason=""))
    await _take_back(tx, viewer.id)
    told = (notifications, network_watches, mail_wishes, thread_writers)
    lists = (held_back, invitation_drafts)
    seen = (document_openings, document_readings, document_wishes, account_photos)
    for table in (read_states, moved_readings, addressed_posts, watches, requests, *lists, *told, *seen):
        await tx.execute(delete(table).where(table.c.account_id == viewer.id))
    if viewer.account is not None:
        tx.enqueue("mail", {"letter": "account_closed", "address": viewer.account.email})
        await forget_person(tx, viewer.id, viewer.account.email)
        if not name_stays:
            _take_name_along(tx, viewer.id, viewer.account.name)
    await close_account(tx.connection, viewer.id, keep_name=name_stays)
    await people_changed(tx)
    tx.forgets = True
    tx.emit(account_stream(viewer.id), SessionsEnded(viewer.id), authz=True)


def _take_name_along(tx: Transaction, account_id: str, name: str) -> None:
    """It goes from quotes of their posts, and from where they are mentioned."""
    reference = {"after": "", "name": name_mark(account_id, name)}
    tx.enqueue("forget_names", reference)
    tx.enqueue("forget_names", reference, after=now() + LOOKED_FOR_AGAIN)


async def _take_back(tx: Transaction, account_id: str) -> None:
    """What of theirs waits for a moderator is taken back, for nobody could answer for it; rejected words go too."""
    mine = held_posts.c.author_id == account_id
    waiting = select(func.count()).where(mine, held_posts.c.network_id == networks.c.id, held_posts.c.outcome == "")
    fewer = update(networks).where(networks.c.id.in_(select(held_posts.c.network_id).where(mine)))
    await tx.execute(fewer.values(held_count=networks.c.held_count - waiting.scalar_subquery()))
    await tx.execute(update(held_posts).where(mine, held_posts.c.outcome == "").values(outcome="withdrawn"))
    await tx.execute(update(held_posts).where(mine).values(body=""))
    unsent = (post_files.c.brought_by == account_id, post_files.c.post_id.is_(None))
    await forget_files(tx, *unsent)


async def _leave(tx: Transaction, account_id: str, people: Mapping[str, Current], heir: str) -> None:
    """End their place in a network, and hand on what they hold there. `people`: their place and the heir's, held."""
    current = people.get(account_id)
    if current is None or current.status not in STANDS:
        return
    heir = heir if current.status == "active" else ""
    if heir:
        try:
            check_heir(current, people.get(heir))
        except Invalid as error:
            raise Invalid({f"{HEIR_FIELD}{current.network_id}": error.errors["heir"]}) from error
    await change(tx, current, Step("left", current.role, heir=heir or None), may_be_last=True)


async def _hold_networks(tx: Transaction, viewer: Viewer, heirs: Mapping[str, str]) -> dict[str, dict[str, Current]]:
    """By network in which the person has a place, that place and the heir's. The networks are held after the places, as
    everybody holds them: two last administrators who close their accounts at the same moment come one after the
    other."""
    mine = select(memberships.c.network_id).where(
        memberships.c.account_id == viewer.id, memberships.c.current, memberships.c.status.in_(STANDS)
    )
    network_ids = list((await tx.execute(mine.order_by(memberships.c.network_id))).scalars())
    people = {
        network_id: await lock_several(tx, network_id, [viewer.id, heirs.get(network_id, viewer.id)])
        for network_id in network_ids
    }
    held = select(networks.c.id).where(networks.c.id.in_(network_ids)).order_by(networks.c.id)
    await tx.execute(held.with_for_update(key_share=True))
    return people
