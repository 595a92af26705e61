"""What was not sent of a list, and why, for whoever has just sent the rest of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from forum.inviting.address_lists import read_addresses
from forum.inviting.entries import Entry
from forum.inviting.inputs import InvitationForm
from forum.inviting.sorting import SENT, Invited, Known, Outcome, keys_of, sort_out, what_is_wrong

MOST_SHOWN = 200
Why = Outcome | Literal["unticked", "changed"]

_GROUPS: tuple[tuple[Why, str, str], ...] = (
    ("over_limit", "Over the limit", "They stand in the list below, and are kept for you for two weeks."),
    ("invalid", "No addresses", ""),
    ("unticked", "Not ticked", "You were asked to look at them twice, and did not tick them."),
    ("already_member", "Members already", "They get no mail."),
    (
        "already_invited",
        "Invited before, and have not answered",
        "They get no second mail now. You can remind them from the list of invitations.",
    ),
    ("banned", "Banned", ""),
    ("duplicate", "Twice in your list", "Each is invited once."),
    (
        "changed",
        "Changed since you looked",
        "They were left out when you looked. Invite them now, if you still want to.",
    ),
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Entries that were left out for the same reason: the first of them, each with what else is to be said of it."""

    key: Why
    title: str
    why: str
    entries: Sequence[tuple[str, str]]
    count: int


def entries_to_know(form: InvitationForm) -> list[Entry]:
    """Entries of the form that were not sent, of which it must be known how they stand now."""
    return [*read_addresses(form.skipped), *_unticked(form)]


def _unticked(form: InvitationForm) -> list[Entry]:
    return [] if form.with_doubtful else read_addresses(form.doubtful)


def sort_left_out(
    form: InvitationForm, wanted: Sequence[Entry], outcomes: Sequence[Invited], known: Known
) -> list[LeftOut]:
    """All that the form held and that was not sent. `known`: of `entries_to_know`, after the others were invited."""
    found: dict[Why, list[tuple[str, str]]] = {}
    for why, text, detail in _each(form, wanted, outcomes, known):
        found.setdefault(why, []).append((text, detail))
    return [
        LeftOut(key, title, why, found[key][:MOST_SHOWN], len(found[key]))
        for key, title, why in _GROUPS
        if key in found
    ]


def _each(
    form: InvitationForm, wanted: Sequence[Entry], outcomes: Sequence[Invited], known: Known
) -> Iterator[tuple[Why, str, str]]:
    for entry, outcome in zip(wanted, outcomes, strict=True):
        if outcome.status not in SENT:
            yield outcome.status, entry.address or entry.typed, outcome.detail
    later = read_addresses(form.later)
    for entry in later:
        yield "over_limit", entry.address, ""
    for entry in read_addresses(form.wrong):
        yield "invalid", entry.typed, what_is_wrong(entry)
    unticked = _unticked(form)
    known.left = len(wanted) + len(unticked)
    together = [*wanted, *unticked]
    for each in sort_out(together, keys_of(together), known)[len(wanted) :]:
        yield "unticked", each.entry.address, each.warning
    skipped = read_addresses(form.skipped)
    # As the page said before: the first of each counts for what becomes of it, and every other is there twice.
    seen = set(keys_of([*together, *later]))
    for entry, key in zip(skipped, keys_of(skipped), strict=True):
        yield _why_skipped(key, seen, known), entry.address, known.banned.get(key, "")
        seen.add(key)


def _why_skipped(key: str, seen: Collection[str], known: Known) -> Why:
    if key in seen:
        return "duplicate"
    if key in known.members:
        return "already_member"
    if key in known.banned:
        return "banned"
    return "already_invited" if key in known.waiting else "changed"
