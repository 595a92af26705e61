"""Workbooks become a table for each sheet that is shown."""

import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import xlsxwriter

from previews.parts import Why
from tests.previews import making
from tests.previews.hearing import QUICK, tell_here


def test_sheets() -> None:
    told = tell_here(making.workbook())
    assert [page.title for page in told.pages] == ["Wards & beds", "Notes"]
    first, notes = told.pages
    assert first.text.startswith("Ward\tBeds\tOpened\tFull\tΩμέγα\nHeron\t24\t12 Nov 2024\t87.5%")
    assert "<thead><tr><th></th><th>A</th><th>B</th>" in first.html
    assert f"<tr><th>40</th><td></td><td>{making.SENTENCE}</td>" in first.html
    assert notes.html.count("&lt;img src=x onerror=alert(1)&gt;") == 1
    assert "UNSEEN" not in told.words + told.html


def test_large_sheets_are_shown_in_part_and_found_whole() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Large")
    for number in range(900):
        sheet.append([f"row{number}", *range(80)])
    stream = io.BytesIO()
    book.save(stream)
    told = tell_here(stream.getvalue(), limits=replace(QUICK, rows=100, columns=10))
    assert told.html.count("<tr>") == 101
    assert told.html.count("<td>") == 1_000
    assert "row899" in told.words
    assert "\t79" in told.words
    assert told.cuts == [Why.MORE_WORDS]


def test_cells_far_out_cost_nothing() -> None:
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = "far"
    stream = io.BytesIO()
    book.save(stream)
    told = tell_here(stream.getvalue())
    assert told.words == "far"
    assert "<th>1048576</th>" in told.html


def with_shared_words() -> bytes:
    """As Excel itself writes: each word once, beside the sheets."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Wards")
    sheet.write_row(0, 0, ["Ward", "Beds", "Ward"])
    sheet.write_rich_string(1, 0, "He", book.add_format({"bold": True}), "ron")
    sheet.write(1, 1, datetime(2024, 11, 12, 14, 5), book.add_format({"num_format": "d mmm yyyy hh:mm"}))
    book.close()
    return stream.getvalue()


def test_words_that_sheets_share() -> None:
    assert tell_here(with_shared_words()).words == "Ward\tBeds\tWard\nHeron\t12 Nov 2024, 14:05"


def test_cells_that_point_nowhere_are_empty() -> None:
    parts = making.unzipped(with_shared_words())
    name = "xl/worksheets/sheet1.xml"
    wrong = parts[name].replace(b"<v>0</v>", b"<v>99999999</v>").replace(b"<v>1</v>", b"<v>-1</v>")
    assert tell_here(making.zipped({**parts, name: wrong})).words == "Heron\t12 Nov 2024, 14:05"
