"""Frames, without sockets: what is understood, what is refused, and how large what we send may be."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ground.columns import now
from realtime.events import Event
from realtime.frames import Frame, Parcel, ping, range_of
from realtime.protocol import (
    BadFrame,
    Fetch,
    Hello,
    OtherVersion,
    Pong,
    Position,
    Subscribe,
    Typing,
    Unsubscribe,
    View,
    parse,
)
from realtime.questions import Presented

GOOD: list[tuple[dict[str, Any], object]] = [
    ({"type": "hello", "v": 1}, Hello({}, False, None)),
    ({"type": "hello", "v": 1, "client": "web", "as": None}, Hello({}, True, None)),
    (
        {"type": "hello", "v": 1, "resume": {"network:7": ["e1", 4]}, "as": "a"},
        Hello({"network:7": Position("e1", 4)}, True, "a"),
    ),
    (
        {"type": "subscribe", "id": 5, "stream": "network:9", "from": ["e1", 17]},
        Subscribe(5, "network:9", Position("e1", 17)),
    ),
    ({"type": "subscribe", "id": 5, "stream": "network:9"}, Subscribe(5, "network:9", None)),
    ({"type": "unsubscribe", "id": 6, "stream": "network:9"}, Unsubscribe(6, "network:9")),
    ({"type": "view", "thread": "123"}, View("123")),
    ({"type": "view", "thread": None}, View(None)),
    ({"type": "fetch", "id": 7, "stream": "network:7", "after": 1042, "limit": 200}, Fetch(7, "network:7", 1042, 200)),
    ({"type": "fetch", "id": 7, "stream": "network:7", "after": 0}, Fetch(7, "network:7", 0, 200)),
    ({"type": "typing", "thread": "123"}, Typing("123")),
    ({"type": "pong", "n": 12}, Pong(12)),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "value"), GOOD)
def test_frames_of_the_contract_are_understood(frame: dict[str, Any], value: object) -> None:
    assert parse(json.dumps(frame)) == value


BAD = [
    "", "{", "null", "[]", "5", '"hello"', "\x00", "{}", '{"type":null}', '{"type":"post","body":"hi"}',
    '{"type":"pong"}', '{"type":"pong","n":"1"}', '{"type":"pong","n":true}', '{"type":"pong","n":1.0}',
    '{"type":"pong","n":-1}', '{"type":"pong","n":1e3}', '{"type":"pong","n":NaN}', '{"type":"pong","n":Infinity}',
    '{"type":"pong","n":99999999999999999999}', '{"type":"pong","n":1,"n":1}', '{"type":"pong","n":1,"more":2}',
    '{"type":"view"}', '{"type":"view","thread":5}', '{"type":"view","thread":"../x"}', '{"type":"view","thread":""}',
    '{"type":"view","thread":"\\ud800"}', '{"type":"view","thread":"a\\u0000"}', '{"type":"view","thread":["a"]}',
    '{"type":"fetch","id":1,"stream":"network:7","after":0,"limit":0}',
    '{"type":"fetch","id":1,"stream":"network:7","after":0,"limit":201}',
    '{"type":"fetch","id":1,"stream":"network:7"}', '{"type":"fetch","id":null,"stream":"network:7","after":0}',
    '{"type":"subscribe","id":1,"stream":"7"}', '{"type":"subscribe","id":1,"stream":"network:7 OR 1=1"}',
    '{"type":"subscribe","id":1,"stream":"network:7","from":["e1"]}',
    '{"type":"subscribe","id":1,"stream":"network:7","from":[1,"e1"]}',
    '{"type":"hello","v":"1"}', '{"type":"hello"}', '{"type":"hello","v":1,"resume":[]}',
    '{"type":"hello","v":1,"resume":{"nowhere":["e1",1]}}', '{"type":"hello","v":1,"resume":{"network:1":["e1",-1]}}',
    '{"type":"hello","v":1,"client":5}', '{"type":"hello","v":1,"as":5}',
    "[" * 5000, '{"type":' * 2000, '{"type":"pong","n":' + "1" * 5000 + "}",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_a_bad_frame(text: str) -> None:
    with pytest.raises(BadFrame):
        parse(text)


def test_too_many_streams_in_resume() -> None:
    resume = {f"network:{number}": ["e1", 1] for number in range(201)}
    with pytest.raises(BadFrame):
        parse(json.dumps({"type": "hello", "v": 1, "resume": resume}))


def test_another_version_is_told_apart_whatever_else_it_carries() -> None:
    with pytest.raises(OtherVersion):
        parse('{"type":"hello","v":2,"news":[1,2,3]}')


def test_a_bad_request_keeps_its_id() -> None:
    with pytest.raises(BadFrame) as caught:
        parse('{"type":"subscribe","id":8,"stream":5}')
    assert caught.value.id == 8


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=20,
)
kinds = some.sampled_from(["hello", "subscribe", "unsubscribe", "view", "fetch", "typing", "pong"])
fields = some.sampled_from(["id", "v", "stream", "from", "resume", "thread", "after", "limit", "n", "client", "as"])


@given(some.dictionaries(fields, json_values), kinds)
def test_no_object_breaks_the_parser(frame: dict[str, Any], kind: str) -> None:
    with contextlib.suppress(BadFrame, OtherVersion):
        parse(json.dumps({**frame, "type": kind}))


@given(some.text() | json_values.map(json.dumps))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(BadFrame):
        parse(text)


# What is sent

EVENT = Event("network:7", 5, "post.created", "p1", 3, 0, now())
LIMIT = 64 * 1024


def parcel(body: str, html: str | None = None, seq: int = 5) -> Parcel:
    event = Event("network:7", seq, "post.created", "p1", 3, 0, EVENT.created_at)
    return Parcel(event, Presented({"id": "p1", "body": body}, html, "t1"), LIMIT)


def test_html_comes_only_for_the_thread_on_the_screen() -> None:
    made = parcel("hello", "<p>hello</p>")
    for view in (None, "t2"):
        assert "html" not in json.loads(made.frame(view).text)
    assert json.loads(made.frame("t1").text)["html"] == "<p>hello</p>"
    assert made.frame("t2") is made.frame(None), "built once, shared by all"


def test_an_event_has_the_fields_of_the_contract() -> None:
    frame = json.loads(parcel("é").frame(None).text)
    assert list(frame) == ["type", "stream", "seq", "kind", "at", "object"]
    assert frame["at"].endswith("Z")
    assert frame["object"] == {"id": "p1", "body": "é"}


@pytest.mark.parametrize("letter", ["a", "é", "😀", '"', "\x00"])
def test_an_event_that_would_pass_64_kib_is_left_to_be_fetched(letter: str) -> None:
    made = parcel(letter * 70_000, "<p></p>")
    frame = json.loads(made.frame("t1").text)
    assert frame["object"] == {"id": "p1", "version": 3}
    assert frame["omitted"] is True
    assert "html" not in frame


def test_an_event_whose_html_is_too_long_still_shows_its_object_to_others() -> None:
    made = parcel("short", "x" * 70_000)
    assert json.loads(made.frame(None).text)["object"]["body"] == "short"
    assert json.loads(made.frame("t1").text)["omitted"] is True


def test_an_event_that_cannot_be_shown_is_left_to_be_fetched() -> None:
    frame = json.loads(Parcel(EVENT, None, LIMIT).frame("t1").text)
    assert (frame["object"], frame["omitted"]) == ({"id": "p1", "version": 3}, True)


def test_what_is_gone_is_null_and_its_number_counts() -> None:
    frame = json.loads(Parcel(EVENT, Presented(None), LIMIT).frame(None).text)
    assert (frame["object"], frame["seq"]) == (None, 5)
    assert "omitted" not in frame


@given(some.lists(some.integers(0, 70_000), min_size=1, max_size=12), some.booleans())
def test_a_range_stays_under_64_kib_and_says_that_there_is_more(sizes: list[int], more: bool) -> None:
    parcels = [parcel("a" * size, seq=number) for number, size in enumerate(sizes, 1)]
    made = range_of(7, "network:7", parcels, None, more, LIMIT)
    assert made.size <= LIMIT
    frame = json.loads(made.text)
    seqs = [event["seq"] for event in frame["events"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert seqs
    assert frame["more"] is (more or len(seqs) < len(sizes))


@given(some.text())
def test_the_size_of_a_frame_is_counted_in_bytes(text: str) -> None:
    frame = ping(1, {text: 5}, False) if text.isprintable() else Frame("")
    assert frame.size == len(frame.text.encode())


def test_every_parcel_stays_under_64_kib() -> None:
    for size in range(65_000, 66_000, 37):
        assert parcel("a" * size, "x").frame("t1").size <= LIMIT
        assert parcel("a" * size).frame(None).size <= LIMIT
