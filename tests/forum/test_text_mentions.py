"""Mentions: which names count, where they do not, and what they become."""

import time

import pytest

from forum.text import find_mentions, mention_key, render_markdown

NAMES = {mention_key(name): account for name, account in {
    "Ada Okafor": "id-ada", "Ada": "id-other-ada", "Mary-Jane O'Neill": "id-mary", "Dr. P. Straße": "id-dr",
    "Łukasz Żak": "id-lukasz", "Sam Lee (Leeds)": "id-sam", "José": "id-jose",
}.items()}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("@Ada Okafor, see this", ["id-ada"]),
        ("ask @ada okafor's team or @ADA", ["id-ada", "id-other-ada"]),
        ("@Ada Okafors", ["id-other-ada"]),
        ("@Adamant", []),
        ("(@Mary-Jane O'Neill)", ["id-mary"]),
        ("**@dr. p. straSSe** and @Łukasz Żak!", ["id-dr", "id-lukasz"]),
        ("@Sam Lee (Leeds) said", ["id-sam"]),
        ("@José!", ["id-jose"]),
        ("@Ada Okafor and @Ada Okafor", ["id-ada"]),
        ("mail@Ada and ada@Ada.example and @@Ada", []),
        ("`@Ada` and\n\n    @Ada\n\n```\n@Ada\n```", []),
        ("[@Ada](https://a.example)", []),
        ("https://a.example/@Ada", []),
        ("> @Ada", ["id-other-ada"]),
        ("@Nobody", []),
        ("@", []),
    ],
)
def test_which_names_count(written: str, found: list[str]) -> None:
    assert find_mentions(written, NAMES) == found
    shown = render_markdown(written, NAMES)
    for account in NAMES.values():
        assert (f'href="/people/{account}"' in shown) == (account in found)


def test_a_mention_is_a_link_to_the_person() -> None:
    rel = 'rel="nofollow noopener noreferrer ugc"'
    assert render_markdown("Hello @ada  okafor.", NAMES) == (
        f'<p>Hello <a class="mention" href="/people/id-ada" {rel}>@ada  okafor</a>.</p>\n'
    )


def test_a_name_nobody_gave_stays_text() -> None:
    assert render_markdown("@Ada Okafor") == "<p>@Ada Okafor</p>\n"


def test_a_wrong_account_id_never_reaches_the_page() -> None:
    assert "<a" not in render_markdown("@Ada", {"ada": '"><script>'})


def test_many_names_and_many_signs_take_little_time() -> None:
    names = {f"person number {number}": f"id-{number}" for number in range(20_000)}
    began = time.thread_time()
    find_mentions("@person number 19999 x " * 2_100, names)
    find_mentions("@a b c d e f g h i j k " * 2_100, names)
    assert time.thread_time() - began < 1
