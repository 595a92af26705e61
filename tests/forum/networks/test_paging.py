"""Cursors lead back to their keys; what nobody gave out is refused with a sentence."""

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from forum.errors import Invalid
from forum.networks.paging import Id, cursor_of, key_of
from ground.columns import is_id, new_id


@given(some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0")), some.integers(-100, 2**31 - 1))
def test_cursors_lead_back_to_their_keys(text: str, number: int) -> None:
    identifier = new_id()
    cursor = cursor_of(number, text, identifier)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert key_of(cursor, int, str, Id) == (number, text, identifier)


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


AN_ID = "01a209d7-1a20-748b-a249-e0b7fe0e64d8"
"""The same in each process that runs these tests: they are told apart by what they are given."""


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "WzFd" * 400,
        _cursor({}),
        _cursor([]),
        _cursor(["a"]),
        _cursor([1, AN_ID]),
        _cursor(["a", "b"]),
        _cursor(["a\0", AN_ID]),
        _cursor(["\ud800", AN_ID]),
        _cursor([["a"], AN_ID]),
        _cursor([None, AN_ID]),
        _cursor([True, AN_ID]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_other_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="Begin again"):
        key_of(cursor, str, Id)


@given(some.text(max_size=60))
def test_whatever_is_sent_is_a_key_or_refused(cursor: str) -> None:
    with contextlib.suppress(Invalid):
        rank, name, identifier = key_of(cursor, int, str, Id)
        assert (type(rank), type(name), is_id(identifier)) == (int, str, True)
