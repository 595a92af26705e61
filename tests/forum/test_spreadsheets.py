"""Files for spreadsheets: nothing in them runs, and every script comes through."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

import pytest

from forum.spreadsheets import csv_answer, csv_line, safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＠x", " \t=1"]
)
def test_what_would_run_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    (row,) = csv.reader(io.StringIO(csv_line(["Ann", text, "last"]), newline=""))
    assert row == ["Ann", f"'{text}", "last"]


@pytest.mark.parametrize("text", ["", "Ann Ek", "O’Neill", "a=b", "2 + 2", "黄 蓉", 'say "yes", twice', "two\nlines"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
    (row,) = csv.reader(io.StringIO(csv_line(["x", text]), newline=""))
    assert row == ["x", text]


async def _rows() -> AsyncIterator[Sequence[str]]:
    yield ("Name", "Organisation")
    for place in range(3_000):
        yield (f"Șerban {place}", "Ysbyty Gwynedd\udcff")


async def test_a_file_is_sent_in_pieces_and_has_its_name() -> None:
    answer = csv_answer("Falls & “frailty” ćć", _rows())
    pieces = [bytes(piece) async for piece in answer.body_iterator]  # type: ignore[arg-type]
    assert len(pieces) > 3
    assert pieces[0].startswith(b"\xef\xbb\xbfName,Organisation\r\n")
    assert len(b"".join(pieces).decode().splitlines()) == 3_001
    said = answer.headers["content-disposition"]
    assert said.isascii()
    assert said.startswith('attachment; filename="Falls----frailty')
    assert "filename*=UTF-8''Falls%20%26%20%E2%80%9Cfrailty%E2%80%9D%20%C4%87%C4%87.csv" in said
