"""Each law, on a small run written by hand: as it should be it breaks none, and each change breaks the one meant."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import SENTENCES, Expected, check, laws
from tests.faults.recorder import (
    Applied,
    Call,
    Frame,
    Link,
    Log,
    Placed,
    Range,
    Setting,
    Stall,
    Standing,
    Stored,
    StoredEvent,
    StoredMembership,
    StoredPost,
    StoredRequest,
)

NET, THREAD, OLD = "net", "thread", "old"
ADA, BEN, CAM = "ada", "ben", "cam"
"""Ada administers the closed network, Ben is removed from it, and Cam is never in it."""
STREAM = f"network:{NET}"
WORD = f"canary{'0' * 16}"


def _mark(number: int) -> str:
    return f"mark{number:016}"


def _post(number: int, who: str, at: float, key: str = "") -> Call:
    made = f"post{number}"
    told = (201, made, number + 1, THREAD, NET, "noon")
    words = frozenset({WORD})
    return Call(
        "post", who, key or f"key{number}", at, at + 0.1, 201, NET, THREAD, _mark(number), made, told, canaries=words
    )


def _frame(who: str, seq: int, at: float, kind: str = "post.created", object_id: str = "") -> Frame:
    return Frame(who, 1, at, "event", 300, STREAM, seq, kind, object_id or f"post{seq}", frozenset({WORD}))


def _event(seq: int, kind: str, object_id: str, version: int = 1) -> StoredEvent:
    return StoredEvent(STREAM, seq, kind, object_id, version, 30.0)


def _stored_post(number: int, who: str, version: int = 1, is_removed: bool = False, edit: str = "") -> StoredPost:
    written = {_mark(number): [1]} | ({edit: [2]} if edit else {})
    return StoredPost(f"post{number}", THREAD, NET, number + 1, who, version, is_removed, written)


class Run:
    """Ada posts (1), Ben posts (2) and edits that (3), Ben is removed (4), Ada posts (5) and removes that (6)."""

    def __init__(self) -> None:
        setting = Setting(frozenset({NET}), {WORD: NET}, frozenset({(NET, ADA), (NET, BEN)}), frozenset({OLD}))
        self.log = Log(setting)
        edit = Call("edit", BEN, "edit", 3.0, 3.1, 200, NET, "post2", _mark(9))
        expel = Call("expel", ADA, "expel", 4.0, 4.1, 200, NET, BEN)
        remove = Call("remove", ADA, "remove", 6.0, 6.1, 204, NET, "post5")
        probe = Call("probe", CAM, "probe", 6.5, 6.6, 404, NET)
        self.log.calls = [_post(1, ADA, 1.0), _post(2, BEN, 2.0), edit, expel, _post(5, ADA, 5.0), remove, probe]
        self._read(ADA, 6)
        self._read(BEN, 3)
        self.log.steps.append(Placed(BEN, 4.2, STREAM, 0, "ended"))
        self.log.ranges = [Range(ADA, 2.0, STREAM, 0, (1, 2), False)]
        known = {OLD: 1, "post1": 1, "post2": 2, "post5": 2}
        self.log.standings = [Standing(ADA, True, {STREAM: 6}, {NET: known}), Standing(BEN, True, {}, {})]
        posts = [
            StoredPost(OLD, THREAD, NET, 1, ADA, 1, False, {}),
            _stored_post(1, ADA),
            _stored_post(2, BEN, 2, edit=_mark(9)),
            _stored_post(5, ADA, 2, is_removed=True),
        ]
        self.stored = Stored(
            heads={STREAM: 6},
            events={STREAM: [_event(seq, *told) for seq, told in EVENTS.items()]},
            posts={post.id: post for post in posts},
            threads={THREAD: NET},
            memberships={
                "of ada": StoredMembership("of ada", NET, ADA, "administrator", "active", True, True, ""),
                "of ben": StoredMembership("of ben", NET, BEN, "member", "removed", True, True, ADA),
            },
            requests=[
                StoredRequest(ADA, "/", "key1", "post1"),
                StoredRequest(BEN, "/", "key2", "post2"),
                StoredRequest(ADA, "/", "key5", "post5"),
            ],
        )

    def _read(self, who: str, last: int) -> None:
        self.log.links.append(Link(who, 1, 0.5))
        self.log.steps.append(Placed(who, 0.5, STREAM, 0, "welcome"))
        for seq in range(1, last + 1):
            self.log.frames.append(_frame(who, seq, seq + 0.2, EVENTS[seq][0], EVENTS[seq][1]))
            self.log.steps.append(Applied(who, seq + 0.2, STREAM, seq))

    def change_call(self, number: int, **fields: Any) -> None:
        self.log.calls[number] = replace(self.log.calls[number], **fields)

    def change_post(self, name: str, **fields: Any) -> None:
        self.stored.posts[name] = replace(self.stored.posts[name], **fields)

    def apply(self, who: str, seq: int, at: float) -> None:
        """One event more."""
        self.log.frames.append(_frame(who, seq, at, EVENTS[seq][0], EVENTS[seq][1]))
        self.log.steps.append(Applied(who, at, STREAM, seq))


EVENTS: dict[int, tuple[Any, ...]] = {
    1: ("post.created", "post1"),
    2: ("post.created", "post2"),
    3: ("post.edited", "post2", 2),
    4: ("member.left", "of ben"),
    5: ("post.created", "post5"),
    6: ("post.removed", "post5", 2),
}

Change = Callable[[Run], Any]


def _swap_numbers(run: Run) -> None:
    """What Ada wrote first has the number of what Ben wrote then."""
    events = run.stored.events[STREAM]
    events[0], events[1] = _event(1, *EVENTS[2]), _event(2, *EVENTS[1])
    for number, frame in enumerate(run.log.frames):
        other = {1: "post2", 2: "post1"}.get(frame.seq)
        if other is not None:
            run.log.frames[number] = replace(frame, object_id=other)


CHANGES: list[tuple[str, Change]] = [
    ("an acknowledged write is there", lambda run: run.stored.posts.pop("post1")),
    ("an acknowledged write is there", lambda run: run.change_post("post1", author_id=BEN)),
    ("an acknowledged write is there", lambda run: run.change_post("post1", number=7)),
    ("an acknowledged write is there", lambda run: run.change_post("post2", marks={_mark(2): [1]})),
    ("an acknowledged write is there", lambda run: run.change_post("post5", is_removed=False)),
    ("nothing is there twice", lambda run: run.stored.posts.update(twin=replace(run.stored.posts["post1"], id="twin"))),
    ("nothing is there twice", lambda run: run.change_post("post2", marks={_mark(2): [1], _mark(9): [2, 3]})),
    ("what was refused left nothing", lambda run: run.change_call(0, status=403)),
    ("acknowledged comings and goings are there", lambda run: run.stored.memberships.pop("of ada")),
    (
        "acknowledged comings and goings are there",
        lambda run: run.stored.memberships.update(
            more=StoredMembership("more", NET, BEN, "member", "left", False, True, BEN)
        ),
    ),
    (
        "one key, one row, equal answers",
        lambda run: run.log.calls.append(replace(run.log.calls[0], told=(201, "post3"))),
    ),
    ("one key, one row, equal answers", lambda run: run.stored.requests.pop(0)),
    ("one key, one row, equal answers", lambda run: run.stored.requests.append(run.stored.requests[0])),
    ("nothing was answered that is never answered", lambda run: run.change_call(6, status=500)),
    ("a stream is exactly 1 to its head", lambda run: run.stored.events[STREAM].pop(1)),
    ("a stream is exactly 1 to its head", lambda run: run.stored.heads.update({STREAM: 7})),
    ("each change has one event, and each event its change", lambda run: run.stored.posts.pop("post2")),
    ("each change has one event, and each event its change", lambda run: run.change_post("post1", version=2)),
    ("what was acknowledged first has the lower number", _swap_numbers),
    ("no range has a hole", lambda run: run.log.ranges.append(Range(ADA, 3.0, STREAM, 2, (4, 5), False))),
    ("no range has a hole", lambda run: run.log.ranges.append(Range(ADA, 3.0, STREAM, 2, (3, 5), False))),
    ("a frame tells what the log holds", lambda run: run.log.frames.append(_frame(ADA, 7, 7.0))),
    ("a frame tells what the log holds", lambda run: run.log.frames.append(_frame(ADA, 1, 7.0, object_id="post5"))),
    ("a reader applies in order, each once", lambda run: run.apply(ADA, 6, 7.0)),
    ("a reader applies in order, each once", lambda run: run.log.steps.pop(2)),
    ("a reader applies in order, each once", lambda run: run.log.frames.pop(0)),
    (
        "nobody is told to load afresh without cause",
        lambda run: run.log.steps.append(Placed(ADA, 7.0, STREAM, 6, "resync: expired")),
    ),
    ("no link is refused without cause", lambda run: run.log.links.append(Link(ADA, 1, 7.0, 4401))),
    (
        "every live reader has applied the head",
        lambda run: run.log.standings.append(Standing(ADA, True, {STREAM: 5}, {})),
    ),
    ("every live reader has applied the head", lambda run: run.log.standings.append(Standing(ADA, False, {}, {}))),
    ("every live reader has applied the head", lambda run: run.log.standings.append(Standing(ADA, True, {}, {}))),
    (
        "what a reader holds is what the database holds",
        lambda run: run.log.standings.append(Standing(ADA, True, {STREAM: 6}, {NET: {OLD: 1, "post1": 1}})),
    ),
    ("nothing comes late", lambda run: run.log.steps.append(Applied(CAM, 7.3, STREAM, 1))),
    ("nothing numbered after the end of a right", lambda run: run.log.frames.append(_frame(BEN, 5, 5.2))),
    ("nobody hears what is not theirs", lambda run: run.log.frames.append(_frame(CAM, 1, 1.2))),
    (
        "nobody hears what is not theirs",
        lambda run: run.log.frames.append(Frame(CAM, 1, 1.0, "event", 9, f"account:{ADA}", 1, "read.changed")),
    ),
    ("a canary stays with its members", lambda run: run.change_call(6, status=200, canaries=frozenset({WORD}))),
    (
        "a canary stays with its members",
        lambda run: run.log.calls.append(
            Call("read", BEN, "read", 4.2, 4.3, 200, NET, THREAD, canaries=frozenset({WORD}))
        ),
    ),
    (
        "a canary stays with its members",
        lambda run: run.log.frames.append(Frame(CAM, 1, 9.0, "error", 9, canaries=frozenset({WORD}))),
    ),
    (
        "presence stays with its members",
        lambda run: run.log.frames.append(Frame(BEN, 1, 15.0, "presence", 9, object_id=THREAD)),
    ),
]


def test_run_as_it_should_be_breaks_no_law() -> None:
    run = Run()
    assert check(run.log, run.stored) == []


@pytest.mark.parametrize(("law", "change"), CHANGES, ids=[f"{law} {number}" for number, (law, _) in enumerate(CHANGES)])
def test_change_breaks_its_law(law: str, change: Change) -> None:
    run = Run()
    change(run)
    assert law in {breach.law for breach in check(run.log, run.stored)}


def test_every_law_is_broken_by_some_change() -> None:
    assert {law for law, _ in CHANGES} == set(laws(Expected()))


def test_who_was_let_in_again_may_hear_what_they_missed() -> None:
    """Ben comes back (7), and then is told what was written meanwhile."""
    run = Run()
    run.log.calls.append(Call("admit", ADA, "admit", 7.0, 7.1, 200, NET, BEN))
    run.stored.events[STREAM].append(_event(7, "member.joined", "ben again"))
    run.stored.heads[STREAM] = 7
    run.stored.memberships["ben again"] = StoredMembership("ben again", NET, BEN, "member", "active", True, True, "")
    run.log.standings = []
    run.log.frames.append(_frame(BEN, 5, 7.2))
    assert check(run.log, run.stored) == []
    run.log.frames.append(_frame(BEN, 5, 6.9))
    assert {breach.law for breach in check(run.log, run.stored)} == {"nothing numbered after the end of a right"}


def test_what_came_while_the_recorder_stood_still_is_not_late() -> None:
    run = Run()
    run.log.steps.append(Applied(CAM, 9.0, STREAM, 1))
    run.log.stalls.append(Stall(2.0, 8.0))
    assert "nothing comes late" not in {breach.law for breach in check(run.log, run.stored)}
    run.log.stalls[0] = Stall(2.0, 3.0)
    assert "nothing comes late" in {breach.law for breach in check(run.log, run.stored)}


def test_many_breaches_of_one_law_are_counted() -> None:
    run = Run()
    run.log.frames += [_frame(CAM, 1, 1.2)] * (SENTENCES + 3)
    told = [breach.sentence for breach in check(run.log, run.stored) if breach.law == "nobody hears what is not theirs"]
    assert len(told) == SENTENCES + 1
    assert told[-1] == "and 3 more"


def test_log_is_dumped_line_by_line(tmp_path: Path) -> None:
    run = Run()
    run.log.dump(tmp_path / "run.jsonl")
    lines = (tmp_path / "run.jsonl").read_text().splitlines()
    assert len(lines) == 1 + len(list(run.log.entries()))
    assert '"entry": "Call"' in lines[1]
