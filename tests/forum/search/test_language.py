"""What somebody typed means something, whatever it is; each database is asked for the same."""

import pytest

from forum.search.language import Match, Wish, read_wish


def test_words_phrases_and_what_must_not_stand_there() -> None:
    wish = read_wish('Night "cover for wards" -weekend -"bank holiday" COVID-19')
    assert wish.wanted == (("night",), ("cover", "for", "ward"), ("covid", "19"))
    assert wish.unwanted == (("weekend",), ("bank", "holiday"))
    assert wish.terms == {"night", "cover", "for", "ward", "covid", "19"}


def test_who_and_where() -> None:
    wish = read_wish('from:ada from:"Gareth Williams" in:falls IN:"Diabetes Board" rota')
    assert wish.people == ("ada", "Gareth Williams")
    assert wish.places == ("falls", "Diabetes Board")
    assert wish.wanted == (("rota",),)


def test_the_most_frequent_words_are_left_out_where_others_stand() -> None:
    assert read_wish("the care of the wards").wanted == (("care",), ("ward",))
    assert read_wish("to be or").wanted == (("to",), ("be",), ("or",))
    assert read_wish('"to be"').wanted == (("to", "be"),)


@pytest.mark.parametrize("text", ["", "   ", '"', '""', "-", "from:", "in:", '-""', "* ^ ( )", "\0", "from:\t"])
def test_nothing_is_nothing(text: str) -> None:
    assert read_wish(text).is_empty or not read_wish(text).wanted


def test_how_the_databases_are_asked() -> None:
    match = Match(Wish((("a",), ("b", "c")), (("x",), ("y", "z"))), (("kpost", "kthread"), ("n1",)))
    assert match.fts5() == (
        '((tags : ("kpost" OR "kthread")) AND (tags : ("n1")) AND ({title words} : ("a")) '
        'AND ({title words} : ("b c"))) NOT ({title words} : ("x" OR "y z"))'
    )
    assert match.postgresql() == (
        "('#kpost' | '#kthread') & ('#n1') & ('a') & (('b' <-> 'c') | ('#long' & 'b' & 'c')) & (!('x')) "
        "& (!('y' <-> 'z'))"
    )
    other = Match(Wish((("a",),)), (("n1",),), without=("ktext",))
    assert other.fts5() == '((tags : ("n1")) AND ({title words} : ("a"))) NOT (tags : ("ktext"))'
    assert other.postgresql() == "('#n1') & ('a') & (!'#ktext')"


def test_long_texts_are_read_anew() -> None:
    match = Match(read_wish('"night cover" -weekend'), ())
    assert match.holds([], ["our", "night", "cover", "is"])
    assert not match.holds([], ["night", "of", "the", "cover"])
    assert not match.holds(["weekend"], ["night", "cover"])


def test_so_many_parts_and_no_more() -> None:
    assert len(read_wish(" ".join(f"word{number}" for number in range(100))).wanted) == 16


def test_what_must_hold_a_document() -> None:
    wish = read_wish("hip has:document HAS:Documents")
    assert (wish.wanted, wish.has_document) == ((("hip",),), True)
    assert not read_wish("has:document").is_empty
    assert not read_wish("has:").has_document
    assert read_wish("has:zebra").wanted == (("has", "zebra"),)
    assert read_wish("-has:zebra").unwanted == (("has", "zebra"),)


def test_a_minus_before_what_names_somebody_or_some_place() -> None:
    wish = read_wish('hip -from:ada -in:"deep papers" -has:document -has:card -replacement')
    assert (wish.wanted, wish.unwanted) == ((("hip",),), (("replac",),))
    assert (wish.people, wish.places, wish.has_document, wish.has_card) == ((), (), False, False)
    assert (wish.other_people, wish.other_places) == (("ada",), ("deep papers",))
    assert (wish.no_document, wish.no_card) == (True, True)
    assert read_wish("-from:ada -has:document").is_empty


def test_what_phones_make_of_quotation_marks_and_minus() -> None:
    plain = read_wish('"night cover" hand-over -weekend')
    for typed in (
        "“night cover” hand-over –weekend",
        "„night cover“ hand-over −weekend",
        "»night cover« hand-over —weekend",
    ):
        assert read_wish(typed) == plain, typed
    assert read_wish("night – cover").unwanted == ()
