"""Cursors lead on, and what is none is refused with a sentence."""

import base64

import pytest

from forum.errors import Invalid
from forum.search.places import Spot, read_spot
from forum.search.tags import LAST_ROW


def test_there_and_back() -> None:
    spot = Spot(1_790_000_000, LAST_ROW - 5, -2_500, 77)
    assert read_spot(spot.text(), 0) == spot
    assert read_spot("", 5) == Spot(5)
    assert Spot(5).is_first
    assert not spot.is_first


def test_order() -> None:
    spot = Spot(0, 10, 500, 7)
    assert spot.comes_before(499, 9)
    assert spot.comes_before(500, 6)
    assert not spot.comes_before(500, 7)
    assert not spot.comes_before(501, 1)


@pytest.mark.parametrize("parts", ["x", "[]", "[1,2,3]", '[1,2,3,"4"]', "[1,2,3,true]", "[1,2,3,99999999999999999999]"])
def test_what_is_no_cursor(parts: str) -> None:
    with pytest.raises(Invalid):
        read_spot(base64.urlsafe_b64encode(parts.encode()).decode().rstrip("="), 0)
    with pytest.raises(Invalid):
        read_spot("%%%", 0)
