"""The letters about networks. Each asks anew, at the moment of sending, whether its reader may still have it.

Subjects that go to people who are no members name no network; bodies name it where the directory does, and to who
asked to join, and so has seen its front page, as long as it has one.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, bindparam, select

from auth.tables import accounts
from forum.mailing import Letter, LetterWriter
from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.records import Network
from forum.rendering import spell
from forum.state import State
from forum.stopping import stop_link
from forum.tables import held_posts, invitations, memberships, networks
from forum.telling import wants_mail
from ground.columns import Identifier
from realtime.transaction import Transaction

Reference = Mapping[str, str]
NAMES_IN_A_LETTER = 5

_USABLE = accounts.c.closed_at.is_(None) & accounts.c.suspended_at.is_(None) & accounts.c.email.is_not(None)
_PLACE = (
    select(
        *NETWORK_COLUMNS,
        memberships.c.status,
        memberships.c.role,
        memberships.c.reason,
        accounts.c.email,
        accounts.c.name.label("person"),
    )
    .join(memberships, memberships.c.network_id == networks.c.id)
    .join(accounts, accounts.c.id == memberships.c.account_id)
    .where(memberships.c.current, _USABLE)
)


def _path(state: State, network: Network, page: str = "") -> str:
    return f"{state.settings.public_url}/networks/{network.slug}{page}"


def _is_listed(network: Network) -> bool:
    return network.access in ("open", "closed")


async def _by_membership(tx: Transaction, reference: Reference, *statuses: str) -> Row[Any] | None:
    asked = _PLACE.where(memberships.c.id == reference["membership_id"], memberships.c.status.in_(statuses))
    return (await tx.execute(asked)).first()


async def _by_member(tx: Transaction, reference: Reference) -> Row[Any] | None:
    return (
        await tx.execute(
            _PLACE.where(
                networks.c.id == reference["network_id"],
                memberships.c.account_id == reference["account_id"],
                memberships.c.status == "active",
            )
        )
    ).first()


_LAPSED = (
    select(held_posts.c.id)
    .join(
        memberships,
        and_(memberships.c.account_id == held_posts.c.author_id, memberships.c.network_id == held_posts.c.network_id),
    )
    .where(memberships.c.id == bindparam("of_membership", type_=Identifier), held_posts.c.outcome == "lapsed")
    .limit(1)
)


async def write_admitted(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To a new member: that they are one, as what, and the words of who answered by inviting them."""
    row = await _by_membership(tx, reference, "active")
    if row is None:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    words = row.reason
    if "invitation_id" in reference:
        words = await tx.connection.scalar(
            select(invitations.c.message).where(invitations.c.id == reference["invitation_id"])
        )
    context = {"network_name": network.name, "role": row.role, "reason": words, "link": _path(state, network)}
    return Letter(row.email, row.person, f"You are now a member of {network.name}", "membership_admitted", context)


async def write_refused(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To somebody who asked to join: that they were refused, and why."""
    row = await _by_membership(tx, reference, "refused")
    if row is None:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    known = network.name if network.access != "secret" else ""
    may_ask = bool(known) and network.member_count > 0
    context = {
        "network_name": known,
        "front": _path(state, network) if known else "",
        "may_ask": may_ask,
        "reason": row.reason,
    }
    subject = f"Your request to join a network on {state.settings.site_name}"
    return Letter(row.email, row.person, subject, "membership_refused", context)


async def write_ended(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To somebody who was a member: that an administrator removed them, and why."""
    row = await _by_membership(tx, reference, "removed", "banned")
    if row is None:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    context = {
        "network_name": network.name if _is_listed(network) else "",
        "reason": row.reason,
        "is_banned": row.status == "banned",
        "has_lapsed": await tx.connection.scalar(_LAPSED, {"of_membership": reference["membership_id"]}) is not None,
        # Tasks from before removals could be appealed against name no act.
        "link": f"{state.settings.public_url}/acts/{reference['act_id']}" if "act_id" in reference else "",
    }
    subject = f"You no longer belong to a network on {state.settings.site_name}"
    return Letter(row.email, row.person, subject, "membership_ended", context)


async def write_exclusion_ended(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To somebody who was kept out: that it was taken back, and whether they belong by now or may ask."""
    theirs = (networks.c.id == reference["network_id"], memberships.c.account_id == reference["account_id"])
    row = (await tx.execute(_PLACE.where(*theirs, memberships.c.status != "banned"))).first()
    if row is None:
        return None
    network, is_member = Network(*row[:NETWORK_WIDTH]), row.status == "active"
    may_know = is_member or _is_listed(network)
    context = {
        "network_name": network.name if may_know else "",
        "is_member": is_member,
        "may_ask": network.access != "secret" and row.status in ("removed", "left", "refused"),
        "link": _path(state, network) if may_know else f"{state.settings.public_url}/notifications",
    }
    subject = f"You are no longer kept out of a network on {state.settings.site_name}"
    return Letter(row.email, row.person, subject, "exclusion_ended", context)


async def write_returned(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To somebody whose removal was undone: that they are a member again, as they were."""
    row = await _by_member(tx, reference)
    if row is None:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    context = {"network_name": network.name, "role": row.role, "link": _path(state, network)}
    return Letter(row.email, row.person, f"You are a member of {network.name} again", "membership_returned", context)


async def write_role_changed(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To a member whom an administrator gave another role: which one it is by now."""
    row = await _by_membership(tx, reference, "active")
    if row is None:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    context = {"network_name": network.name, "role": row.role, "link": _path(state, network)}
    return Letter(row.email, row.person, f"Your role in {network.name} is another one", "role_changed", context)


async def write_asked(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To an administrator who lets mail about the network come: who waits to be admitted by now."""
    row = await _by_member(tx, reference)
    wanted = await wants_mail(tx.connection, reference["account_id"], reference["network_id"])
    if row is None or row.role != "administrator" or not wanted:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    waiting = (
        select(accounts.c.name)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(memberships.c.network_id == network.id, memberships.c.current, memberships.c.status == "requested")
        .order_by(memberships.c.id)
        .limit(NAMES_IN_A_LETTER)
    )
    names = list(await tx.connection.scalars(waiting))
    if not names:
        return None
    count = max(len(names), network.waiting_count)
    stopping = stop_link(state, reference["account_id"], network.id)
    context = {
        "network_name": network.name,
        "names": names,
        "others": count - len(names),
        "link": _path(state, network, "/requests"),
        "settings_link": f"{state.settings.public_url}/settings/notifications",
        "stop_link": stopping,
    }
    asks = "asks" if count == 1 else "ask"
    subject = f"{spell(count, 'person', 'people').capitalize()} {asks} to join {network.name}"
    return Letter(row.email, row.person, subject, "membership_asked", context, stopping)


async def write_widened(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To a member: that more people may see the network than before."""
    row = await _by_member(tx, reference)
    if row is None:
        return None
    network = Network(*row[:NETWORK_WIDTH])
    context = {
        "network_name": network.name,
        "access": network.access,
        "keeps_past": network.members_only_until != 0,
        "link": _path(state, network, "/about"),
    }
    return Letter(row.email, row.person, f"More people can see {network.name} now", "network_widened", context)


LETTERS: dict[str, LetterWriter] = {
    "membership_admitted": write_admitted,
    "membership_refused": write_refused,
    "membership_ended": write_ended,
    "membership_returned": write_returned,
    "exclusion_ended": write_exclusion_ended,
    "role_changed": write_role_changed,
    "membership_asked": write_asked,
    "network_widened": write_widened,
}
