"""Joining, asking, leaving; and what administrators decide about the people of a network."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select, update

from forum.acts.excluding import exclude, note_ban_lifted
from forum.calling import call_administrators
from forum.errors import NOBODY_READS, Conflict, Forbidden, Invalid, NotFound
from forum.heirs import check_heir
from forum.invitations import cancel_invitation, leave_invitation, use_invitation
from forum.membership import Current, Step, begin, change, lock_current, lock_several
from forum.network_reads import ADMINISTRATORS_ONLY, find_network, get_administered
from forum.networks.inputs import MemberChange
from forum.notification_kinds import NotificationKind
from forum.policy import may_change_member, may_join
from forum.records import Network, Role, Status
from forum.tables import memberships, networks
from forum.telling import tell
from forum.viewer import Viewer
from realtime.transaction import Transaction

BANNED = "An administrator removed you from this network, and you can't ask to join again."
NOT_INVITED_ANY_MORE = "This invitation is no longer good. Ask an administrator of the network for a new one."
MEANWHILE = "Somebody changed this before you."
_TRIES = 3

Joined = Literal["active", "requested"]


async def join_network(tx: Transaction, viewer: Viewer, slug: str, words: str) -> Joined:
    """Join an open network, accept an invitation, or ask to be admitted; what has come of it.

    Doing it again changes nothing but the words of a request. Raises NotFound where the viewer may not
    know of the network, and for a secret one to whoever is not invited.
    """
    found = await find_network(tx.connection, viewer, slug)
    if found is None:
        raise NotFound
    for _ in range(_TRIES):
        current = await lock_current(tx, found.network.id, viewer.id)
        stands = None if current is None else current.status
        if stands == "active":
            return "active"
        if found.network.access == "secret" and stands != "invited":
            raise NotFound
        if stands == "banned":
            raise Forbidden(BANNED)
        decision = may_join(viewer, found.network)
        if not decision:
            raise Forbidden(decision.reason)
        joined = await _come_nearer(tx, viewer, found.network, current, words)
        if joined is not None:
            return joined
    raise Conflict("Something else happened here at the same moment. Try again.")


async def _come_nearer(
    tx: Transaction, viewer: Viewer, network: Network, current: Current | None, words: str
) -> Joined | None:
    """One try; None where another transaction was faster and the state must be looked at again."""
    if current is not None and current.status == "invited":
        used = await use_invitation(tx, network.id, viewer.account.email, viewer.id) if viewer.account else None
        if used is not None:
            came = Step("active", used.role, words=words, door="invitation", door_by=used.inviter_id)
            await change(tx, current, came)
            return "active"
        if network.access == "secret":
            raise Forbidden(NOT_INVITED_ANY_MORE)
        if viewer.account is not None:
            await leave_invitation(tx, network.id, viewer.account.email)
    target: Joined = "active" if network.access == "open" else "requested"
    if current is not None and current.status == "requested" and target == "requested":
        if words:
            await tx.execute(update(memberships).where(memberships.c.id == current.id).values(words=words))
        return "requested"
    step = Step(target, words=words, door="open" if target == "active" else "")
    if current is not None and current.status in ("requested", "invited"):
        await change(tx, current, step)
        request_id = current.id
    else:
        begun = await begin(tx, network.id, viewer.id, step)
        if begun is None:
            return None
        request_id = begun.id
    await _check_still_open(tx, network.id, target)
    if target == "requested":
        await call_administrators(tx, network.id, viewer.id, request_id)
    return target


async def _check_still_open(tx: Transaction, network_id: str, target: Joined) -> None:
    """The network's row is held since its members were counted: it can't be closed or left in the same moment."""
    row = (
        await tx.execute(select(networks.c.access, networks.c.member_count).where(networks.c.id == network_id))
    ).one()
    is_open = row.access != "secret" if target == "requested" else row.access == "open" and row.member_count >= 2
    if not is_open:
        raise Conflict("This network was closed in this very moment. Load the page again.")


async def decide_about(tx: Transaction, viewer: Viewer, slug: str, account_id: str, wanted: MemberChange) -> str:
    """Admit, refuse, remove, ban, lift a ban or give another role; the id of the membership.

    Raises NotFound where the viewer may not see the network's content or the person has nothing to do with it,
    Forbidden for who is no administrator, Conflict where the step does not follow from how things stand.
    """
    network, people = await _hold(tx, viewer, slug, [account_id, *([wanted.heir] if wanted.heir else [])])
    current = people.get(account_id)
    if current is None or not current.is_shown:
        raise NotFound
    decision = may_change_member(viewer, network, current.role)
    if not decision:
        raise Forbidden(decision.reason)
    if wanted.heir:
        check_heir(current, people.get(wanted.heir))
    return await _decide(tx, viewer, current, wanted)


async def _hold(
    tx: Transaction, viewer: Viewer, slug: str, account_ids: Sequence[str]
) -> tuple[Network, dict[str, Current]]:
    """The network, and the places of these people, held together with the viewer's: of two administrators who remove
    each other at once, the second is none any more."""
    network = await get_administered(tx.connection, viewer, slug)
    people = await lock_several(tx, network.id, [viewer.id, *account_ids])
    mine = people.get(viewer.id)
    if mine is None or (mine.status, mine.role) != ("active", "administrator"):
        raise Forbidden(ADMINISTRATORS_ONLY)
    return network, people


async def _decide(tx: Transaction, viewer: Viewer, current: Current, wanted: MemberChange) -> str:
    step = _step(viewer, current, wanted)
    if (step.status, step.role) == (current.status, current.role):
        await _refuse_lost_words(tx, current, step.reason)
        return current.id
    became = await change(tx, current, step)
    letter = _LETTERS.get((current.status, step.status)) or _LETTERS.get(("", step.status))
    if step.status == current.status:
        letter = "role_changed" if current.account_id != viewer.id else None
    if (current.status, step.status) == ("banned", "removed"):
        await note_ban_lifted(tx, viewer.id, current.network_id, current.account_id)
    elif step.status in ("removed", "banned"):
        act_id = await exclude(tx, viewer.id, current, step.status, step.reason)
        if letter is not None:
            tx.enqueue("mail", {"letter": letter, "membership_id": became.id, "act_id": act_id})
    elif letter is not None:
        tx.enqueue("mail", {"letter": letter, "membership_id": became.id})
        told, of = [became.account_id], became.network_id
        await tell(tx, told, _TOLD[letter], became.id, network_id=of, actor_id=viewer.id)
    return became.id


async def _refuse_lost_words(tx: Transaction, current: Current, reason: str) -> None:
    """A reason for what was done already reaches nobody: say so, but not to whoever sends the same once more."""
    said = select(memberships.c.reason).where(memberships.c.id == current.id)
    if reason and reason != (await tx.execute(said)).scalar_one():
        raise Invalid({"reason": NOBODY_READS})


_TOLD: dict[str, NotificationKind] = {
    "membership_admitted": "membership.admitted",
    "membership_refused": "membership.refused",
    "role_changed": "role.changed",
}
"""What stands on a person's list beside each letter."""


async def decide_first(tx: Transaction, viewer: Viewer, slug: str, account_id: str, wanted: MemberChange) -> str:
    """The same for somebody who looks at a page: Conflict too where another administrator has done it before them."""
    _, people = await _hold(tx, viewer, slug, [account_id])
    current = people.get(account_id)
    if current is not None and current.status == wanted.status and not _was_done_by(viewer, current, wanted):
        raise Conflict(MEANWHILE)
    return await decide_about(tx, viewer, slug, account_id, wanted)


def _was_done_by(viewer: Viewer, current: Current, wanted: MemberChange) -> bool:
    """Whether the viewer has decided just this already: the same button pressed twice."""
    return current.status == wanted.status and viewer.id in (
        (current.decided_by,) if wanted.status == "active" else (current.ended_by,)
    )


async def admit_or_refuse(
    tx: Transaction, viewer: Viewer, slug: str, account_ids: Sequence[str], wanted: MemberChange
) -> set[str]:
    """Give several people the same answer; the ids of those who have it. Whom others answered is passed over."""
    answered = set()
    _, people = await _hold(tx, viewer, slug, account_ids)
    for account_id in sorted(set(account_ids)):
        current = people.get(account_id)
        if current is not None and current.status == "requested":
            await _decide(tx, viewer, current, wanted)
            answered.add(account_id)
        elif current is not None and _was_done_by(viewer, current, wanted):
            answered.add(account_id)
    return answered


async def cancel_invitation_of(tx: Transaction, viewer: Viewer, slug: str, invitation_id: str) -> None:
    """Take an invitation back that waits for its answer. Raises NotFound where none does."""
    network = await get_administered(tx.connection, viewer, slug)
    await cancel_invitation(tx, network.id, viewer.id, invitation_id)


_LETTERS: dict[tuple[str, str], str] = {
    ("", "active"): "membership_admitted",
    ("", "refused"): "membership_refused",
    ("active", "removed"): "membership_ended",
    ("active", "banned"): "membership_ended",
}
"""What a person is told by mail, by what they were and what they become."""

_FOLLOWS: dict[str, frozenset[str]] = {
    "active": frozenset(("requested", "refused")),
    "refused": frozenset(("requested",)),
    "removed": frozenset(("active", "banned")),
    "banned": frozenset(("active", "requested", "refused", "removed", "left")),
}
"""From what each status may be reached by an administrator's decision."""


def _step(viewer: Viewer, current: Current, wanted: MemberChange) -> Step:
    status: Status = current.status if wanted.status is None else wanted.status
    role: Role = current.role if wanted.role is None else wanted.role
    if status != current.status and current.status not in _FOLLOWS[status]:
        raise Conflict(_WHY_NOT[status])
    if wanted.role is not None and status != "active":
        raise Conflict("Only a member has a role. Admit them first.")
    if current.account_id == viewer.id and status in ("removed", "banned"):
        raise Forbidden("You can't remove yourself. You can leave the network instead.")
    return Step(status, role, viewer.id, reason=wanted.reason, heir=wanted.heir or None)


_WHY_NOT = {
    "active": "They don't wait to be admitted. Only they can ask, or accept an invitation.",
    "refused": "They don't wait to be admitted any more.",
    "removed": "They are no member of this network.",
    "banned": "They can't be kept out of this network.",
}
