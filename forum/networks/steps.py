"""The file of every step in words: one row a step, from the first of each person to the last."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from forum.networks.roll import STATES, step_words
from forum.networks.step_queries import Step, Unaccepted
from ground.columns import now

STEP_COLUMNS = (
    "Name",
    "Invited address",
    "Organisation",
    "When (UTC)",
    "State",
    "Role",
    "What happened",
    "By",
    "Why",
)
_OUTCOMES: Mapping[str, str] = {"declined": "Declined", "expired": "Ran out", "cancelled": "Cancelled"}


def step_row(step: Step, before: Step | None) -> Sequence[str]:
    """A step as a row of the file."""
    state = step.state
    earlier = before.state if before is not None and before.account_id == step.account_id else None
    by = state.by or step.name
    what = step_words(state, earlier)
    return (step.name, "", step.organisation, _when(state.at), STATES[state.status], state.role, what, by, state.reason)


def invitation_rows(sent: Unaccepted) -> Iterator[Sequence[str]]:
    """What became of an invitation that was not accepted: that it was sent, that it came back, and how it ended."""
    whose = (sent.name, sent.address, sent.organisation)
    invited = STATES["invited"]
    yield (*whose, _when(sent.invited_at), invited, sent.role, "Invited", sent.inviter, "")
    if sent.bounced_at is not None:
        yield (*whose, _when(sent.bounced_at), "came back", sent.role, "The mail came back", "", sent.bounce)
    ended_at, outcome = sent.ended_at, sent.outcome
    if ended_at is None and sent.expires_at <= now():
        ended_at, outcome = sent.expires_at, "expired"
    if ended_at is not None:
        yield (*whose, _when(ended_at), outcome, sent.role, _OUTCOMES.get(outcome, "Ended"), "", "")


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
