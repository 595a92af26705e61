"""First words and quotes."""

import time

from forum.text import escape_markdown, excerpt, plain_text_html, plain_words, quote, render_markdown


def test_an_excerpt_is_the_first_own_words() -> None:
    made = render_markdown("> Ada said this\n\n# Thank you\n\nI *will* bring\nthe `list` &amp; pens.\n\n- one\n- two")
    assert excerpt(made) == "Thank you I will bring the list & pens. one two"


def test_an_excerpt_ends_between_words() -> None:
    made = render_markdown("one two three, four five")
    assert excerpt(made, 15) == "one two three…"
    assert excerpt(made, 24) == "one two three, four five"
    assert excerpt(render_markdown("x" * 500), 20) == "x" * 19 + "…"


def test_a_post_that_only_quotes_shows_the_quote() -> None:
    assert excerpt(render_markdown("> only this")) == "only this"


def test_an_excerpt_of_a_letter_leaves_out_folded_quotes_and_the_signature() -> None:
    letter = "On Monday, Ada wrote:\n> a\n> b\n> c\n> d\n\nYes.\n\n-- \nSam Lee\nLeeds"
    assert excerpt(plain_text_html(letter)) == "Yes."
    assert "Sam Lee" in plain_words(plain_text_html(letter))


def test_the_first_words_of_a_long_post_cost_little() -> None:
    made = render_markdown("some words here. " * 2_900)
    began = time.thread_time()
    for _ in range(50):
        excerpt(made)
    assert time.thread_time() - began < 0.3


def test_a_quote_names_its_author_and_keeps_the_markup() -> None:
    made = quote("We *agree*.\n\n- one", "Ada Okafor", 17)
    assert made == "> **Ada Okafor** in post 17:\n>\n> We *agree*.\n>\n> - one\n\n"
    assert render_markdown(made + "Yes").startswith(
        "<blockquote>\n<p><strong>Ada Okafor</strong> in post 17:</p>\n<p>We <em>agree</em>.</p>"
    )


def test_quotes_do_not_grow_for_ever() -> None:
    made = "words"
    for number in range(40):
        made = quote(made, "Ada", number) + "answer"
    assert "> > > >" not in made
    assert render_markdown(made)


def test_a_quote_of_plain_words_shows_them_as_they_are() -> None:
    words = "# not a heading\n* a*b*c _d_ [e](f) <g> 1. h\n1. i\n- j | k ~~l~~ `m` &amp;\n        far in\n===="
    made = plain_words(render_markdown(quote(words, "A*d*a", 3, plain=True)))
    assert made == "A*d*a in post 3: " + " ".join(words.split())
    assert escape_markdown("1) x") == "1\\) x"


def test_an_excerpt_ends_where_a_table_begins() -> None:
    table = "| Site | Weeks |\n|---|---|\n| Carrow | 5 |\n"
    assert excerpt(render_markdown(f"All four sites:\n\n{table}\nThree are better.")) == "All four sites:"
    assert excerpt(render_markdown(table)) == "Site Weeks Carrow 5"
