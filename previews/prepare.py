"""Has a file read in another process, and hears what it says without believing it.

    async with prepare(path, "report.docx") as parts:
        async for part in parts: …

Facts come first, then pages with their words, then pictures. Refused is raised where nothing can be shown; a file
that fails after its facts keeps what has come, and ends with a Cut.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from previews.cleaning import clean_html, clean_words
from previews.kinds import SUFFIXES
from previews.limits import LIMITS, WIDTHS, Limits
from previews.parts import (
    HEAD,
    MAX_PICTURE,
    MAX_WORDS,
    Cut,
    End,
    Facts,
    Page,
    Part,
    Picture,
    Refusal,
    Refused,
    Spoken,
    Why,
    read_part,
)

Purpose = Literal["pages", "photo"]
_ROOT = str(Path(__file__).resolve().parents[1])
_SPARE_PARTS = 100
_KILLED_FOR_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


@asynccontextmanager
async def prepare(
    source: Path | int, name: str, limits: Limits = LIMITS, purpose: Purpose = "pages"
) -> AsyncIterator[AsyncIterator[Part]]:
    """What can be shown of the file at this path, or open under this number, piece by piece.

    The process ends when the block does.

    `name` is what people call the file: it tells Markdown and tables from other text. "photo" makes squares of an
    image instead of pages.
    """
    suffix = PurePosixPath(name).suffix[1:].lower()
    arguments = (json.dumps(asdict(limits)), purpose, suffix if suffix in SUFFIXES else "")
    file = os.dup(source) if isinstance(source, int) else os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-s", "-P", "-B", "-m", "previews", *arguments),
            stdin=file,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": _ROOT, "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(file)
    try:
        yield _parts(process, limits)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())


async def _parts(process: asyncio.subprocess.Process, limits: Limits) -> AsyncIterator[Part]:
    hearing = _Hearing(limits)
    try:
        while True:
            spoken = await _hear(process, hearing)
            if isinstance(spoken, End):
                hearing.demand(hearing.has_facts)
                return
            if isinstance(spoken, Refusal):
                raise Refused(spoken.why)
            yield hearing.check(spoken)
    except Refused as refused:
        if not hearing.has_facts:
            raise
        yield Cut(Why.TOO_SLOW if refused.why is Why.TOO_SLOW else Why.NOT_ALL)


async def _hear(process: asyncio.subprocess.Process, hearing: "_Hearing") -> Spoken:
    """The next piece. Raises Refused where there is none, or none that can be believed."""
    stream = process.stdout
    if stream is None:
        raise Refused(Why.BROKEN)
    began = time.monotonic()
    try:
        async with asyncio.timeout(hearing.seconds):
            words, body = HEAD.unpack(await stream.readexactly(HEAD.size))
            if words > MAX_WORDS or body > MAX_PICTURE:
                raise Refused(Why.BROKEN)
            spoken = read_part(await stream.readexactly(words), await stream.readexactly(body))
    except TimeoutError as error:
        raise Refused(Why.TOO_SLOW) from error
    except ValueError as error:
        raise Refused(Why.BROKEN) from error
    except asyncio.IncompleteReadError as error:
        code = await process.wait()
        raise Refused(Why.TOO_SLOW if code in _KILLED_FOR_TIME else Why.BROKEN) from error
    hearing.seconds -= time.monotonic() - began
    return spoken


class _Hearing:
    """What has been heard of one file so far, and how much more may come."""

    def __init__(self, limits: Limits) -> None:
        self.seconds = limits.seconds
        self.has_facts = False
        self._parts = limits.pages_read + limits.pages_drawn * len(WIDTHS) + _SPARE_PARTS
        self._letters = limits.text + limits.html
        self._seen: set[tuple[int, int]] = set()

    def demand(self, holds: bool) -> None:
        """Raises Refused where it does not: the process has been taken over, or is wrong."""
        if not holds:
            raise Refused(Why.BROKEN)

    def check(self, part: Part) -> Part:
        """The piece, cleaned. Raises Refused where it comes at a wrong moment, twice or in excess."""
        self._parts -= 1
        self.demand(self._parts >= 0 and self.has_facts is not isinstance(part, Facts))
        match part:
            case Facts():
                self.has_facts = True
            case Page(number, title, text, html):
                self._letters -= len(text) + len(html)
                self.demand(self._letters >= 0 and (number, 0) not in self._seen)
                self._seen.add((number, 0))
                return replace(part, title=clean_words(title), text=clean_words(text), html=clean_html(html))
            case Picture(page, fits):
                self.demand((page, fits) not in self._seen)
                self._seen.add((page, fits))
            case Cut():
                pass
        return part
