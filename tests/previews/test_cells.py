"""Numbers as people read them in a spreadsheet."""

import pytest

from previews.cells import column_name, column_of, kind_of_format, write_number


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    [
        (0, "", ""),
        (14, "", "date"),
        (22, "", "both"),
        (20, "", "time"),
        (10, "", "percent"),
        (164, "dd/mm/yyyy", "date"),
        (164, "mmm yy", "date"),
        (164, "yyyy-mm-dd hh:mm", "both"),
        (164, "[h]:mm", "time"),
        (164, "0.0%", "percent"),
        (164, '0 "days"', ""),
        (164, "[Red]0.00", ""),
        (164, "General", ""),
        (164, '#,##0.00\\ "kg"', ""),
        (164, "£#,##0;[Red]-£#,##0", ""),
    ],
)
def test_formats(number: int, code: str, kind: str) -> None:
    assert kind_of_format(number, code) == kind


@pytest.mark.parametrize(
    ("raw", "kind", "shown"),
    [
        ("24", "", "24"),
        ("0.30000000000000004", "", "0.3"),
        ("1E-3", "", "0.001"),
        ("9434765919", "", "9434765919"),
        ("123456789012", "", "123456789012"),
        ("0.875", "percent", "87.5%"),
        ("45608", "date", "12 Nov 2024"),
        ("45608.5", "both", "12 Nov 2024, 12:00"),
        ("45608", "both", "12 Nov 2024"),
        ("1", "date", "1 Jan 1900"),
        ("61", "date", "1 Mar 1900"),
        ("0.75", "time", "18:00"),
        ("1.5", "time", "36 hours"),
        ("-5", "date", "-5"),
        ("1e300", "date", "1e+300"),
        ("nan", "date", "nan"),
        ("words", "date", "words"),
        ("", "", ""),
    ],
)
def test_numbers(raw: str, kind: str, shown: str) -> None:
    assert write_number(raw, kind, from_1904=False) == shown


def test_the_other_first_day() -> None:
    assert write_number("44146", "date", from_1904=True) == "12 Nov 2024"


def test_columns() -> None:
    assert [column_of(name) for name in ("A1", "Z9", "AA10", "XFD1", "7", "")] == [0, 25, 26, 16_383, -1, -1]
    assert [column_name(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
