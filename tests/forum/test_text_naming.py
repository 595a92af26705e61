"""Names that Confer puts above quotes and into mentions are found again; those that people type are left alone."""

import time

import pytest

from forum.text import (
    escape_markdown,
    mention_key,
    mentioned_ids,
    quote,
    quoted_numbers,
    rename_mentions,
    rename_quotes,
    render_markdown,
)

BETH, ADA, FORMER = "beth".ljust(36, "0"), "0ada".ljust(36, "0"), "Former member"
IDS = {"beth": "b" * 36, "beth member": "c" * 36, "anne_marie o'neill": "d" * 36}


def is_beth(account_id: str, name: str) -> bool:
    return (account_id, name) == (BETH, "Beth [B.] Member")


@pytest.mark.parametrize("name", ["Beth Member", "Beth [B.] Member", "Anne_Marie *O’Neill*", "1. Beth"])
def test_the_head_of_a_quote_and_of_a_quote_within_it(name: str) -> None:
    once = quote("The lines.", name, 2) + "I agree."
    body = quote(once, "Ada Okafor", 3) + "So do I."
    assert quoted_numbers(body) == {2, 3}
    renamed = rename_quotes(body, {2: BETH}, FORMER)
    assert renamed == quote(quote("The lines.", FORMER, 2) + "I agree.", "Ada Okafor", 3) + "So do I."
    assert rename_quotes(body, {4: BETH}, FORMER) == body


def test_the_head_whose_words_were_selected_and_quoted_again() -> None:
    words = escape_markdown("Beth [B.] Member in post 2:")
    body = f"> **Ada** in post 3:\n>\n> {words}\n> The lines.\n\nSo do I."
    assert quoted_numbers(body) == {2, 3}
    renamed = rename_quotes(body, {2: BETH}, FORMER, is_beth)
    assert renamed == body.replace(words, "Former member in post 2:")
    said = "> As I said in post 2:\n\nSo do I."
    assert rename_quotes(said, {2: BETH}, FORMER, is_beth) == said


@pytest.mark.parametrize(
    "body",
    ["**Beth** in post 2: is not quoted.", "> Beth in post 2 said so", "> **Beth** in post 22:\n>\n> x", "Beth said"],
)
def test_words_of_ones_own_stay(body: str) -> None:
    assert rename_quotes(body, {2: BETH}, FORMER, is_beth) == body


def test_mentions_as_they_were_typed() -> None:
    body = "Thanks @Beth  Member, @beth and `@beth`; x@beth.org, @bethany. > @BETH MEMBER's"
    html = render_markdown(body, IDS)
    assert mentioned_ids(html) == {"b" * 36, "c" * 36}
    assert rename_mentions(body, html, {"c" * 36}, FORMER) == body.replace("@Beth  Member", "@Former member").replace(
        "@BETH MEMBER", "@Former member"
    )
    short = rename_mentions(body, html, {"b" * 36}, FORMER)
    assert short == "Thanks @Beth  Member, @Former member and `@Former member`; x@beth.org, @bethany. > @BETH MEMBER's"
    assert rename_mentions(body, html, {ADA}, FORMER) == body


def test_mentions_whose_words_were_escaped() -> None:
    name = "Anne_Marie O'Neill"
    body = f"> Thanks {escape_markdown('@' + name)}\n\nAnd @{name}."
    html = render_markdown(body, {mention_key(name): "d" * 36})
    renamed = rename_mentions(body, html, {"d" * 36}, FORMER)
    assert renamed == "> Thanks @Former member\n\nAnd @Former member."


@pytest.mark.parametrize(
    "body", ["> " * 20_000 + " in post 2", ">" * 40_000 + " in post 2:", "> **a** in post " * 4_000]
)
def test_a_thousand_marks_take_no_time(body: str) -> None:
    began = time.perf_counter()
    quoted_numbers(body)
    rename_quotes(body, {2: BETH}, FORMER, is_beth)
    assert time.perf_counter() - began < 1
