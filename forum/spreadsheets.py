"""Tables for a spreadsheet: CSV that opens rightly in any script, and whose cells are never taken for formulas.

A cell that begins with =, +, -, @ or a control character is run as a formula by spreadsheets (OWASP, "CSV injection"):
what people wrote gets an apostrophe before it, which a spreadsheet shows as text.
"""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

from starlette.responses import StreamingResponse

from forum.rendering import PRIVATE

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the same signs in full width, which some spreadsheets take for the plain ones."""
_BYTE_ORDER_MARK = "\ufeff"
_PIECE = 16_000


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    is_formula = text.lstrip(" \u00a0").startswith(_DANGEROUS) or text.startswith(_DANGEROUS)
    return f"'{text}" if is_formula else text


def csv_line(cells: Sequence[str]) -> str:
    """One row, with its line end."""
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


async def _pieces(rows: AsyncIterator[Sequence[str]]) -> AsyncIterator[bytes]:
    waiting, size = [_BYTE_ORDER_MARK], 0
    async for cells in rows:
        waiting.append(csv_line(cells))
        size += len(waiting[-1])
        if size > _PIECE:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, size = [], 0
    yield "".join(waiting).encode("utf-8", "replace")


def csv_answer(name: str, rows: AsyncIterator[Sequence[str]]) -> StreamingResponse:
    """The rows as a file to be kept, sent as they are read. `name`: of the file, in any script, without ".csv"."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name).strip("-") or "list"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{quote(name, safe='')}.csv",
        "Cache-Control": PRIVATE,
    }
    return StreamingResponse(_pieces(rows), 200, headers, "text/csv; charset=utf-8")
