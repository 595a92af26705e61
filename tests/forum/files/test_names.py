"""Names of files: whatever somebody brings, what is given back leads nowhere, deceives nobody and fits everywhere."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.files.names import LONGEST_NAME, clean_name, disposition, earlier_name


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("Minutes.docx", "Minutes.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ada\\Plan B.pdf", "Plan B.pdf"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        ("a\x00b.pdf", "ab.pdf"),
        ('x"; filename="evil.exe', "x_; filename=_evil.exe"),
        ("line\r\nSet-Cookie: a=b", "lineSet-Cookie_ a=b"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("Console.txt", "Console.txt"),
        ("Résumé  2026.pdf", "Résumé 2026.pdf"),
        ("報告.xlsx", "報告.xlsx"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("می‌خواهم.odt", "می‌خواهم.odt"),
    ],
)
def test_names_are_made_safe(brought: str, kept: str) -> None:
    assert clean_name(brought) == kept


def test_long_names_keep_their_end() -> None:
    for letter in ("x", "報", "👩"):
        name = clean_name(letter * 500 + ".docx")
        assert name.endswith(".docx")
        assert len(name.encode()) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("name", "earlier"),
    [
        ("Paper.pdf", "Paper (version 1).pdf"),
        ("Minutes", "Minutes (version 1)"),
        ("報告.v2.xlsx", "報告.v2 (version 1).xlsx"),
        ("What Mr. Okafor said of it all", "What Mr. Okafor said of it all (version 1)"),
    ],
)
def test_an_earlier_version_says_so_in_its_name(name: str, earlier: str) -> None:
    assert earlier_name(name, 1) == earlier
    assert clean_name(earlier) == earlier


def test_however_long_its_name_is() -> None:
    for letter in ("x", "報", "👩"):
        name = earlier_name(clean_name(letter * 500 + ".docx"), 2_000_000_000)
        assert name.endswith(" (version 2000000000).docx")
        assert len(name.encode()) <= LONGEST_NAME


@given(st.text(max_size=300))
def test_any_name_is_one_line_and_one_part_of_a_path(text: str) -> None:
    name = clean_name(text)
    assert name
    assert not set(name) & set('/\\"<>:|?*\r\n\x00')
    assert name not in (".", "..")
    assert len(name.encode()) <= LONGEST_NAME
    assert clean_name(name) == name


@given(st.text(max_size=300))
def test_any_name_comes_back_from_the_header(text: str) -> None:
    """As browsers take it: the name in any script where there is one, else the plain one."""
    header = disposition(text)
    assert header.isascii()
    assert header.isprintable()
    parts = re.fullmatch(r"attachment; filename=\"([^\"\\]+)\"(?:; filename\*=UTF-8''([\w.~%-]+))?", header)
    assert parts
    assert (unquote(parts[2]) if parts[2] else parts[1]) == clean_name(text)


def test_who_reads_only_plain_letters_gets_a_name_too() -> None:
    assert disposition("Résumé.pdf").startswith("attachment; filename=\"Resume.pdf\"; filename*=UTF-8''R%C3%A9sum")
    assert disposition("報告.xlsx").startswith('attachment; filename="file.xlsx"')
    assert disposition("plan.pdf", inline=True) == 'inline; filename="plan.pdf"'
