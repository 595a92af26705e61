"""The list of members in words: what each column of the file says, and each step of a person's history."""

from collections.abc import Mapping, Sequence

from forum.networks.roll_queries import RollLine, State
from forum.records import InvitationState, Member, way_words

STATES = {
    "active": "member",
    "requested": "asks to join",
    "invited": "invited",
    "refused": "refused",
    "left": "left",
    "removed": "removed",
    "banned": "removed for good",
}
_STANDS: Mapping[InvitationState | None, str] = {
    "sent": "sent",
    "opened": "opened",
    "bounced": "came back",
    "declined": "declined",
    "expired": "expired",
}
COLUMNS = (
    "Name",
    "Invited address",
    "Job title",
    "Organisation",
    "State",
    "Role",
    "Member since",
    "Last visit",
    "Asked or invited on",
    "Ended on",
    "By",
    "Why",
)


def file_row(line: RollLine) -> Sequence[str]:
    """Somebody as a row of the file. Days are in UTC."""
    member = line.member
    days = (member.since, member.created_at, member.ended_at)
    since, began, ended = (f"{moment:%Y-%m-%d}" if moment else "" for moment in days)
    visited = f"{line.came_on:%Y-%m-%d}" if line.came_on and member.status == "active" else ""
    name, state = member.person.name, STATES[member.status]
    who = (name, "", member.person.job_title, line.organisation, state, member.role)
    return (*who, since, visited, began, ended, line.by, member.reason)


def invited_row(member: Member) -> Sequence[str]:
    """An invitation as a row of the file: by the address that was typed, whoever has it."""
    began = f"{member.created_at:%Y-%m-%d}"
    who = (member.invited_name, member.person.name, "", member.person.organisation)
    state = f"{STATES['invited']}, {_STANDS[member.invitation]}" if member.invitation in _STANDS else STATES["invited"]
    ended = f"{member.ended_at:%Y-%m-%d}" if member.ended_at else ""
    return (*who, state, member.role, "", "", began, ended, "", "")


def history_words(states: Sequence[State]) -> list[tuple[State, str]]:
    """Each step with a sentence that says it, the latest first as they come."""
    earlier = [*states, None][1:]
    return [(state, step_words(state, before)) for state, before in zip(states, earlier, strict=True)]


def step_words(state: State, before: State | None) -> str:
    """A step as a sentence, by what was before it."""
    by = f" by {state.by}" if state.by else ""
    if state.door == "undone":
        return f"Removal undone{by}: {_ROLES[state.role]} again"
    if state.status == "active" and before is not None and before.status == "active":
        return f"Made {_ROLES[state.role]}{by}"
    if state.status == "active":
        asked = before is not None and before.status == "requested"
        return f"{'Admitted' if asked else 'Added'}{by}" if by else f"Became {_ROLES[state.role]}{_door(state)}"
    if state.status == "removed" and before is not None and before.status == "banned":
        return f"Ban lifted{by}"
    return f"{_STEPS[state.status]}{by}{_door(state)}"


def _door(state: State) -> str:
    return way_words(state.door, state.door_by)


_ROLES = {"administrator": "an administrator", "moderator": "a moderator", "member": "a member"}
_STEPS = {
    "requested": "Asked to join",
    "invited": "Invited",
    "refused": "Refused",
    "left": "Left",
    "removed": "Removed",
    "banned": "Removed for good",
}
