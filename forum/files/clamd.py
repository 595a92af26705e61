"""Asks a virus scanner about a file, by the protocol of clamd: the bytes go to it in parts (INSTREAM), by TCP or by a
socket of the machine.

Only "OK" is clean. Whatever else comes, or nothing, is no answer, and the file is asked about again.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from urllib.parse import unquote, urlsplit

CONNECT_SECONDS = 10.0
SEND_SECONDS = 60.0
"""For one part of a file; a scanner that takes nothing for so long is away."""
WHOLE_SECONDS = 900.0
"""From its first byte to its answer."""
_MOST_SAID = 4096
_FOUND = re.compile(rb"stream: ([\x21-\x7e]{1,200}) FOUND")


class ScannerAway(Exception):
    """The scanner can't be asked just now."""


class NotScanned(Exception):
    """The scanner answers, and says nothing of this very file: it is too large for it, or it failed at it."""


async def scan(url: str, chunks: AsyncIterator[bytes]) -> str:
    """The name of the virus that is in these bytes; empty where they are clean. Raises ScannerAway and NotScanned.

    What reading the bytes raises goes through.
    """
    reader, writer = await _connect(url)
    # Heard while it is sent: who hangs up in the middle has said before why.
    answer = asyncio.create_task(_answer(reader))
    try:
        is_sent = await _send(writer, chunks)
        said = await answer
    finally:
        answer.cancel()
        await asyncio.gather(answer, return_exceptions=True)
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1.0)
    if said == b"stream: OK":
        return ""
    if found := _FOUND.fullmatch(said):
        return found.group(1).decode("ascii")
    if said.endswith(b"ERROR") or not (is_sent or said):
        raise NotScanned
    raise ScannerAway


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    where = urlsplit(url)
    opening = (
        asyncio.open_unix_connection(unquote(where.path))
        if where.scheme == "unix"
        else asyncio.open_connection(where.hostname, where.port)
    )
    try:
        return await asyncio.wait_for(opening, CONNECT_SECONDS)
    except (OSError, TimeoutError) as error:
        raise ScannerAway from error


async def _send(writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes]) -> bool:
    """All of the file; False where the scanner hung up, because it had enough of it or failed at it."""
    try:
        writer.write(b"zINSTREAM\0")
        async for chunk in chunks:
            writer.write(len(chunk).to_bytes(4, "big") + chunk)
            await _drain(writer)
        writer.write(bytes(4))
        await _drain(writer)
    except ConnectionError:
        return False
    return True


async def _drain(writer: asyncio.StreamWriter) -> None:
    try:
        await asyncio.wait_for(writer.drain(), SEND_SECONDS)
    except TimeoutError as error:
        raise ScannerAway from error


async def _answer(reader: asyncio.StreamReader) -> bytes:
    said = b""
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            while b"\0" not in said and len(said) < _MOST_SAID:
                more = await reader.read(_MOST_SAID)
                if not more:
                    break
                said += more
    except TimeoutError as error:
        raise ScannerAway from error
    except OSError:  # it hung up; what it had said before is here
        pass
    return said.partition(b"\0")[0].strip()
