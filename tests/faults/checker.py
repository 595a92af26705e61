"""The laws, proved on the log of a run and the final database. Each gives its breaches as plain sentences.

Pure functions over what `recorder` describes: nothing here asks a server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.faults import laws_of_order, laws_of_privacy, laws_of_readers, laws_of_writing
from tests.faults.recorder import Log, Stored

SENTENCES = 5
"""So many breaches of one law are told in full; the others are counted."""

Law = Callable[[Log, Stored], list[str]]


@dataclass(frozen=True, slots=True)
class Breach:
    """One law that did not hold, and where."""

    law: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.law}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a scenario allows. Seconds."""

    latest: float | None = 6.0
    """How long after its answer an event may reach somebody who is connected; None: as late as the fault makes it."""
    settled: float = 6.0
    """How old an event must be, when the database is read, to have reached everybody."""
    resyncs: frozenset[str] = frozenset({"too_far"})
    """Why a client may be told to load afresh."""
    statuses: frozenset[int] = frozenset()
    """Answers that are otherwise never given, such as 500."""
    closes: frozenset[int] = frozenset()
    """Close codes of the kind 44xx that somebody was to get."""


def laws(expected: Expected) -> dict[str, Law]:
    """Every law by its name."""
    return {
        "an acknowledged write is there": laws_of_writing.acknowledged_is_there,
        "nothing is there twice": laws_of_writing.nothing_twice,
        "what was refused left nothing": laws_of_writing.refused_left_nothing,
        "acknowledged comings and goings are there": laws_of_writing.memberships_are_there,
        "one key, one row, equal answers": laws_of_writing.one_key_one_row,
        "nothing was answered that is never answered": partial(
            laws_of_writing.answers_are_known, allowed=expected.statuses
        ),
        "a stream is exactly 1 to its head": laws_of_order.streams_are_whole,
        "each change has one event, and each event its change": laws_of_order.events_match_rows,
        "what was acknowledged first has the lower number": laws_of_order.acknowledged_first_is_lower,
        "no range has a hole": laws_of_order.ranges_are_whole,
        "a frame tells what the log holds": laws_of_order.frames_match_log,
        "a reader applies in order, each once": laws_of_readers.applied_in_order,
        "nobody is told to load afresh without cause": partial(
            laws_of_readers.resyncs_have_cause, allowed=expected.resyncs
        ),
        "no link is refused without cause": partial(laws_of_readers.links_stay, allowed=expected.closes),
        "every live reader has applied the head": partial(laws_of_readers.heads_are_applied, settled=expected.settled),
        "what a reader holds is what the database holds": partial(
            laws_of_readers.held_is_stored, settled=expected.settled
        ),
        "nothing comes late": partial(laws_of_readers.nothing_is_late, latest=expected.latest),
        "nothing numbered after the end of a right": laws_of_privacy.nothing_after_the_end,
        "nobody hears what is not theirs": laws_of_privacy.only_for_its_audience,
        "a canary stays with its members": laws_of_privacy.canaries_stay,
        "presence stays with its members": laws_of_privacy.presence_stays,
    }


def check(log: Log, stored: Stored, expected: Expected | None = None) -> list[Breach]:
    """Every breach of every law, the best being none."""
    found: list[Breach] = []
    for name, law in laws(expected or Expected()).items():
        sentences = law(log, stored)
        found += [Breach(name, sentence) for sentence in sentences[:SENTENCES]]
        if len(sentences) > SENTENCES:
            found.append(Breach(name, f"and {len(sentences) - SENTENCES} more"))
    return found
