"""Addresses are read as mail programs write them, and nothing is torn apart or lost."""

import pytest

from forum.inviting.address_lists import read_addresses, written
from forum.inviting.entries import Entry, read_entry
from forum.inviting.sorting import what_is_wrong


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (
            "Anna Ek <anna9@x.example>; Bo Lund <bo9@y.example>\ncarl9@x.example",
            ["anna9@x.example", "bo9@y.example", "carl9@x.example"],
        ),
        ("Anna Ek <anna@x.example>, Bo <bo@y.example>,,\r\n", ["anna@x.example", "bo@y.example"]),
        ('"Ek, Anna; nurse" <anna@x.example>, bo@y.example', ["anna@x.example", "bo@y.example"]),
        ("Ek, Anna <anna@x.example>; Lund, Bo <bo@y.example>", ["anna@x.example", "bo@y.example"]),
        ("<anna@x.example>\n mailto:bo@y.example?subject=Hello", ["anna@x.example", "bo@y.example"]),
        ("Anna <MAILTO:anna@x.example>", ["anna@x.example"]),
        ("a b@c.example", ["b@c.example"]),
        ("a @c.example", ["a @c.example"]),
        (
            "one@x.example two@x.example Joe B <joe@x.example>",
            ["one@x.example", "two@x.example", "joe@x.example"],
        ),
        ("one@x.example <two@x.example>, three@x.example", ["one@x.example", "two@x.example", "three@x.example"]),
        ("Joe one@x.example <two@x.example>", ["Joe one@x.example <two@x.example>"]),
        ("joe@x.example<mailto:joe@x.example>", ["joe@x.example"]),
        ("Joe@x.example <joe@x.example>", ["joe@x.example"]),
        ("Joe B (joe@x.example) <joe@x.example>", ["joe@x.example"]),
        ('"one@x.example by way of a list" <two@x.example>', ["two@x.example"]),
        ("Name\nAnna Ek <anna@x.example>", ["anna@x.example"]),
        ("a@x.example b@y.example\tc@z.example", ["a@x.example", "b@y.example", "c@z.example"]),
        ("a@x.example and b@y.example", ["a@x.example and b@y.example"]),
        ("nobody; Anna <anna@x.example", ["nobody", "Anna <anna@x.example"]),
        ('"nobody', ['"nobody']),
        (" ,;\n", []),
        # What was pasted below a table is no row of it.
        (
            "Name,Email\nAnna Ek,anna@x.example\nbo@y.example\nCarl <c@x.example>; D <d@x.example>\n"
            "Ek, Eve <e@x.example>",
            ["anna@x.example", "bo@y.example", "c@x.example", "d@x.example", "e@x.example"],
        ),
        ("Email,Name\nanna@x.example,Anna Ek\nno address,Bo\n", ["anna@x.example", "no address"]),
        ("\x000\x00", ["0"]),
    ],
)
def test_each_entry_is_one_address(text: str, addresses: list[str]) -> None:
    assert [entry.address for entry in read_addresses(text)] == addresses


def test_what_was_typed_is_kept() -> None:
    assert read_addresses("Anna  Ek <anna at x>;b@c.example") == [
        Entry("Anna  Ek <anna at x>", "anna at x", "Anna Ek"),
        Entry("b@c.example", "b@c.example"),
    ]


def test_the_column_of_organisations_is_kept_and_survives_being_written() -> None:
    text = (
        "First name\tSurname\tOrganisation\tE-mail\n"
        "Anna\tEk\tLeeds, Teaching; Trust\tanna@x.example\n"
        '\t\t"The ""Old"" Trust"\tbo@y.example\nCarl\t\t\tcarl@x.example'
    )
    entries = read_addresses(text)
    assert [(entry.address, entry.name, entry.organisation) for entry in entries] == [
        ("anna@x.example", "Anna Ek", "Leeds, Teaching; Trust"),
        ("bo@y.example", "", "The Old Trust"),
        ("carl@x.example", "Carl", ""),
    ]
    again = read_addresses(written(entries))
    assert [(each.address, each.name, each.organisation) for each in again] == [
        (each.address, each.name, each.organisation) for each in entries
    ]


HEADINGS = "Surname,First name,Organisation,Job title,E-mail"


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ('Bad,Ben,"Trust B, North",Nurse,two@@x.example', "two@@x.example"),
        ('Bad,Ben,"Trust B, North",Nurse,eve@x.example Bcc: a@b.example', "eve@x.example Bcc: a@b.example"),
        ('Bad,Ben,"Trust B, North",Nurse,"eve@x.example, a@@b.example"', "eve@x.example, a@@b.example"),
        ('Bad,Ben,"Trust B, North",Nurse,ben,x@y.example', "ben,x@y.example"),
        ('Bad,Ben,"Trust B, North",Nurse,', ""),
        ('Bad,Ben,"Trust B, North",Nurse', ""),
    ],
)
def test_a_row_with_a_broken_address_stays_one_and_survives_being_written(row: str, address: str) -> None:
    lines = f"{HEADINGS}\nEk,Anna,Trust A,Nurse,anna@x.example\n{row}\nLund,Bo,Trust A,Nurse,bo@x.example"
    entries = read_addresses(lines)
    assert [each.address for each in entries] == ["anna@x.example", address, "bo@x.example"]
    for each in (entries[1], *read_addresses(written([entries[1]]))):
        assert (each.address, each.name, each.organisation) == (address, "Ben Bad", "Trust B, North")
    assert what_is_wrong(entries[1]).startswith("There is no address here.") == (not address)


def test_two_addresses_in_one_cell_are_two() -> None:
    entries = read_addresses(f'{HEADINGS}\nEk,Anna,Trust A,Nurse,"anna@x.example; ek@y.example"')
    assert [(each.address, each.name) for each in entries] == [
        ("anna@x.example", "Anna Ek"),
        ("ek@y.example", "Anna Ek"),
    ]


@pytest.mark.parametrize(
    ("typed", "address", "name"),
    [
        ("Jo Po jo@x.example", "jo@x.example", "Jo Po"),
        ("Jo\u00a0Po\u00a0jo@x.example", "jo@x.example", "Jo Po"),
        ("Jo Po (jo@x.example)", "jo@x.example", "Jo Po"),
        ("jo@x.example (Jo Po)", "jo@x.example", "Jo Po"),
        ("Jo Po [mailto:jo@x.example]", "jo@x.example", "Jo Po"),
        ("(jo@x.example)", "jo@x.example", ""),
        ("[jo@x.example]", "jo@x.example", ""),
        ("E-mail: jo@x.example", "jo@x.example", ""),
        ("jo@x.example.", "jo@x.example", ""),
        ("'jo@x.example'", "jo@x.example", ""),
        ("jo\u200b@x.example", "jo@x.example", ""),
    ],
)
def test_an_address_within_something_else_is_a_guess_and_stays_one(typed: str, address: str, name: str) -> None:
    for text in (typed, written(read_addresses(typed))):
        assert read_addresses(text) == [Entry(typed, address, name, "", typed)]
    in_table = read_addresses(f"Organisation\tEmail\nTrust A\t{typed}")
    again = read_addresses(written(in_table))
    assert [(each.address, each.organisation, each.is_guessed) for each in (*in_table, *again)] == [
        (address, "Trust A", True)
    ] * 2


def test_what_a_list_has_before_each_line_is_no_part_of_it() -> None:
    text = (
        "- a@x.example\n\u2022 Bo <b@x.example>\n1. c@x.example\n2) d@x.example\n\u2022\te@x.example\n* -f@x.example,"
    )
    entries = read_addresses(f"{text}\n\u200bmailto:g@x.example\u00a0")
    assert [each.address[0] for each in entries] == list("abcde-g")
    assert not any(each.is_guessed for each in entries)
    assert entries[1].name == "Bo"


@pytest.mark.parametrize(
    "typed",
    [
        "Jo\r\nBcc: jo@x.example",
        "jo@x.example\r\nBcc: evil",
        "jo@x.example\nX",
        "jo@x.example Bcc: evil",
        "jo@x.example and Bo",
        "jo@x.example bo@x.example",
        "https://x.example/jo@x.example",
        "jo at x.example",
    ],
)
def test_what_is_no_address_is_not_made_one(typed: str) -> None:
    entry = read_entry(typed)
    assert (entry.address, entry.is_guessed) == (typed, False)
    assert what_is_wrong(entry)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Delegate surname,Delegate first name,Host organisation,Line manager e-mail,NHS e-mail\n"
            "Ek,Anna,Leeds Trust,boss@x.example,anna@x.example\nLund,Bo,York Trust,,bo@x.example",
            [("anna@x.example", "Anna Ek", "Leeds Trust"), ("bo@x.example", "Bo Lund", "York Trust")],
        ),
        (
            "Board 2026,,\nSurname,First name,E-mail (work)\nPo,Jo,jo(at)x.example\nEk,Anna,anna@x.example",
            [("jo(at)x.example", "Jo Po", ""), ("anna@x.example", "Anna Ek", "")],
        ),
        (
            "Naam\tPlaats\tAdres\nAnna Ek\tLeeds\tanna@x.example\nBo Lund\tYork\tbo(at)x.example",
            [("anna@x.example", "Anna Ek", ""), ("bo(at)x.example", "Bo Lund", "")],
        ),
        ("No.;Contact;Trust\n1;anna@x.example;Leeds", [("anna@x.example", "", "Leeds")]),
        (
            "1\tAnna Ek\tLeeds Teaching Hospitals\tanna@x.example\n2\tBo Lund\tYork Trust\tbo@x.example",
            [("anna@x.example", "Anna Ek", "Leeds Teaching Hospitals"), ("bo@x.example", "Bo Lund", "York Trust")],
        ),
        (
            "Po,Jo,jo(at)x.example\nEk,Anna,anna@x.example",
            [("jo(at)x.example", "Po Jo", ""), ("anna@x.example", "Ek Anna", "")],
        ),
    ],
)
def test_columns_are_found_by_their_headings_and_else_by_what_is_in_them(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert [(each.address, each.name, each.organisation) for each in read_addresses(text)] == found


def test_what_a_mail_has_before_an_address_is_nobodys_name() -> None:
    for field in ("From", "Reply-To", "To", "Cc"):
        (entry,) = read_addresses(f"{field}: Ann Bell <ann@hull.ac.uk>")
        assert (entry.name, entry.address, entry.is_guessed) == ("Ann Bell", "ann@hull.ac.uk", False)
