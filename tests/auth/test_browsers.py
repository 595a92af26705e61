"""The cookie of a browser that signed in before: sealed, nameless, and void after a new password."""

from datetime import UTC, datetime, timedelta

import pytest

from auth.browsers import LIFETIME, MOST_MARKS, known_browser, remember_browser
from ground.columns import new_id

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def test_it_knows_its_own_account_only() -> None:
    ann, bob = new_id(), new_id()
    cookie = remember_browser(None, KEY, ann, 1, MOMENT)
    assert known_browser(cookie, KEY, ann, 1, MOMENT) == cookie
    assert known_browser(cookie, KEY, bob, 1, MOMENT) is None
    assert known_browser(cookie, KEY, ann, 2, MOMENT) is None
    assert known_browser(cookie, OTHER_KEY, ann, 1, MOMENT) is None
    assert ann not in cookie


def test_it_forgets_after_half_a_year_and_knows_no_future() -> None:
    ann = new_id()
    cookie = remember_browser(None, KEY, ann, 1, MOMENT)
    assert known_browser(cookie, KEY, ann, 1, MOMENT + LIFETIME)
    assert known_browser(cookie, KEY, ann, 1, MOMENT + LIFETIME + timedelta(seconds=1)) is None
    assert known_browser(cookie, KEY, ann, 1, MOMENT - timedelta(seconds=1)) is None


def test_a_shared_computer_knows_several() -> None:
    people = [new_id() for _ in range(MOST_MARKS + 1)]
    cookie = None
    for number, person in enumerate(people):
        cookie = remember_browser(cookie, KEY, person, 1, MOMENT + timedelta(minutes=number))
    later = MOMENT + timedelta(hours=1)
    assert [known_browser(cookie, KEY, person, 1, later) is not None for person in people] == [False] + [True] * 8
    again = remember_browser(cookie, KEY, people[-1], 1, later)
    assert len(again.split("~")) == MOST_MARKS
    assert len(again) < 600


@pytest.mark.parametrize(
    "cookie", [None, "", "~~~", "1." + "A" * 43, "x" * 100_000, "9" * 400 + ".x", "\x00", "-1." + "A" * 43, "1.é"]
)
def test_nonsense_is_a_stranger(cookie: str | None) -> None:
    assert known_browser(cookie, KEY, new_id(), 1, MOMENT) is None
    assert "~" not in remember_browser(cookie, KEY, new_id(), 1, MOMENT) or cookie == "1." + "A" * 43


def test_a_changed_mark_is_a_stranger() -> None:
    ann = new_id()
    cookie = remember_browser(None, KEY, ann, 1, MOMENT)
    issued, _, seal = cookie.partition(".")
    later = MOMENT + LIFETIME + timedelta(days=1)
    assert known_browser(f"{int(issued) + 86_400 * 10}.{seal}", KEY, ann, 1, later) is None
    assert known_browser(f"{issued}.{seal[::-1]}", KEY, ann, 1, MOMENT) is None
