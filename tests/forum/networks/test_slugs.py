"""Addresses made from names, and names folded for finding."""

import re
from itertools import islice

import pytest

from forum.networks.slugs import LONGEST_SLUG, fold, hidden_slug, plain_slugs, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Diabetes Board", "diabetes-board"),
        ("  Falls & fractures: what works?  ", "falls-fractures-what-works"),
        ("Ærø Smørrebrød Łódź Straße", "aero-smorrebrod-lodz-strasse"),
        ("Crème brûlée n° 4", "creme-brulee-n-4"),
        ("محرك", "network"),
        ("看護", "network"),
        ("---", "network"),
        ("x" * 100, "x" * LONGEST_SLUG),
        (" ".join(["word"] * 20), "-".join(["word"] * 12)),
    ],
)
def test_slug_of_a_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug
    assert re.fullmatch("[a-z0-9]+(?:-[a-z0-9]+)*", slug)
    assert len(slug) <= LONGEST_SLUG


def test_words_of_our_own_addresses_are_left_free() -> None:
    assert list(islice(plain_slugs("New"), 2)) == ["new-2", "new-3"]
    assert list(islice(plain_slugs("Newer"), 2)) == ["newer", "newer-2"]


def test_hidden_addresses_can_not_be_guessed() -> None:
    made = {hidden_slug("Review") for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch("review-[a-z]{8}", slug) for slug in made)


def test_folded_names_forget_case_and_accents() -> None:
    assert fold("CAFÉ  Łódź") == fold("café łodz") == "cafe lodz"
    assert fold("Straße") == fold("STRASSE")
