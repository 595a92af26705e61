"""What is hidden from a visitor is to them as what does not exist: the same answer, byte for byte."""

from collections.abc import Iterator
from dataclasses import astuple, replace
from functools import cache

import pytest

from tests.privacy.addresses import Filling, ask, existing, lies_in_place, nothing, shown
from tests.privacy.asker import Answer
from tests.privacy.url_table import ENDINGS, TABLE
from tests.privacy.world import HIDDEN, OUTSIDE, Place, World
from tests.servers.shapes import EVERY_SHAPE

ALIKE = ("signed_out", "outsider", "elsewhere")
HAVE_A_STANDING = ("requested", "invited")
"""They may end what they have: for them alone an address that ends it is not as nothing."""


def is_hidden(place: Place, address: str, visitor: str) -> bool:
    """Whether the table says that there is nothing for this visitor, in a place of this access."""
    if address in ENDINGS and visitor in HAVE_A_STANDING and place.access != "secret":
        return False
    codes = TABLE[address].expected(place.access)
    return lies_in_place(address) and codes["outsider"] == "404" and (visitor in OUTSIDE or codes[visitor] == "404")


class Comparison:
    """Compares what is in a world with nothing; how much was compared, and where it differed."""

    def __init__(self, world: World, *, empty: bool = False) -> None:
        self.count = 0
        self.differences: list[str] = []
        self._world = world
        self._sent = world.places["secret"]  # whose name stands in the words that are sent
        self._empty = empty
        self._of_nothing = cache(self._ask_for_nothing)

    def compare(self, visitor: str, place: Place, address: str, there: Filling) -> None:
        """Ask for the hidden thing, and (once for each visitor) for nothing."""
        answer = ask(self._world, visitor, self._sent, address, there, empty=self._empty)
        hidden, made_up = self._shown(answer, there), self._of_nothing(visitor, address)
        self.count += 1
        if hidden != made_up:
            self.differences.append(f"{place.access}: {address} as {visitor}: {hidden} and for nothing {made_up}")

    def _ask_for_nothing(self, visitor: str, address: str) -> tuple[int, str, str]:
        made_up = nothing(self._sent)
        return self._shown(ask(self._world, visitor, self._sent, address, made_up, empty=self._empty), made_up)

    def _shown(self, answer: Answer, filling: Filling) -> tuple[int, str, str]:
        """Without the names that were asked for, and the one that was typed: a refusal keeps what was typed."""
        return shown(answer, (*_names(filling), self._sent.slug))


def _names(filling: Filling) -> Iterator[str]:
    return (str(name) for name in astuple(filling) if name)  # not every place has everything


@pytest.mark.timeout(900)
def test_hidden_is_as_nothing_for_every_outsider(world: World) -> None:
    comparison = Comparison(world)
    for access in HIDDEN:
        place = world.places[access]
        there = existing(world, place, "insider")
        for turn, address in enumerate(TABLE):
            for visitor in asking(turn, access):
                if is_hidden(place, address, visitor):
                    comparison.compare(visitor, place, address, there)
    assert comparison.differences == []
    assert comparison.count > 500


def asking(turn: int, access: str) -> tuple[str, ...]:
    """Who asks at the address that has this turn: a stranger always, and another in each network.

    EVERY_SHAPE=1 lets everybody ask everywhere.
    """
    everybody = (*OUTSIDE, "invited", "site_administrator")
    if EVERY_SHAPE:
        return everybody
    others = [each for each in everybody if each != "outsider"]
    return ("outsider", others[(3 * turn + HIDDEN.index(access)) % len(others)])


def test_what_was_open_before_is_as_nothing_too(world: World) -> None:
    """Its old address as well: whoever reads there once knew it."""
    place, comparison = world.turned, Comparison(world)
    for slug in (place.slug, place.former_slug):
        there = replace(existing(world, place), account=world.ids["insider"], slug=slug)
        for turn, address in enumerate(TABLE):
            visitors = ALIKE if EVERY_SHAPE else (ALIKE[turn % 3],)
            for visitor in visitors:
                if is_hidden(place, address, visitor) and ("{slug" in address or slug == place.slug):
                    comparison.compare(visitor, place, address, there)
    assert comparison.differences == []


def test_what_stayed_with_members_is_as_nothing_in_an_opened_network(world: World) -> None:
    place, comparison = world.opened, Comparison(world)
    there = existing(world, place)
    for address in TABLE:
        parts = ("/threads/{id", "/posts/{id", "{document_id", "{folder_id", "{card_id")
        is_old = any(part in address for part in parts)
        for visitor in ("signed_out", "outsider", "elsewhere", "site_administrator"):
            if is_old and is_hidden(world.places["closed"], address, visitor):
                comparison.compare(visitor, place, address, there)
    assert comparison.differences == []
    assert comparison.count > 80


def test_wrong_words_do_not_tell_either(world: World) -> None:
    place, comparison = world.places["secret"], Comparison(world, empty=True)
    there = existing(world, place, "insider")
    for address in TABLE:
        for visitor in ("signed_out", "outsider", "removed"):
            if not address.startswith("GET ") and is_hidden(place, address, visitor):
                comparison.compare(visitor, place, address, there)
    assert comparison.differences == []


def test_the_comparison_sees_what_is_shown(world: World) -> None:
    """It would fail: a front page, a member's page and another refusal are not as nothing."""
    comparison = Comparison(world)
    place = world.places["closed"]
    there = existing(world, place)
    comparison.compare("outsider", place, "GET /networks/{slug:slug}", there)
    comparison.compare("fellow", place, "GET /threads/{id:id}", there)
    comparison.compare("fellow", place, "POST /threads/{id:id}/pin", there)
    assert len(comparison.differences) == 3
