"""What a scanner says is clean, what it calls by a name, and what is no answer at all."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from forum.files.clamd import NotScanned, ScannerAway, scan
from tests.servers.clamd import EICAR, Clamd
from tests.servers.processes import free_port


async def parts(*parts: bytes) -> AsyncIterator[bytes]:
    """A file as the store gives it."""
    for part in parts:
        yield part


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    """A scanner by TCP, and by a socket of the machine."""
    scanner = Clamd(path=tmp_path / "clamd.ctl" if request.param == "unix" else None)
    scanner.start()
    yield scanner
    scanner.stop()


async def test_a_file_goes_whole_and_in_parts(clamd: Clamd) -> None:
    assert await scan(clamd.url, parts(b"one ", b"two")) == ""
    assert await scan(clamd.url, parts(EICAR[:30], EICAR[30:])) == "Eicar-Test-Signature"
    assert clamd.scanned == [b"one two", EICAR]


async def test_only_ok_is_clean(clamd: Clamd) -> None:
    clamd.most = 100
    with pytest.raises(NotScanned):
        await scan(clamd.url, parts(*[b"a" * 1_000_000] * 30))  # it hangs up in the middle
    for said, error in (
        (b"stream: Can't allocate memory ERROR", NotScanned),
        (b"stream: OK and more", ScannerAway),
        (b"OK", ScannerAway),
        (b" ", ScannerAway),
        (b"stream: two words FOUND", ScannerAway),
    ):
        clamd.says = said
        with pytest.raises(error):
            await scan(clamd.url, parts(b"a"))


async def test_nobody_there_is_away(tmp_path: Path) -> None:
    for url in (f"tcp://127.0.0.1:{free_port()}", f"unix://{tmp_path / 'none'}"):
        with pytest.raises(ScannerAway):
            await scan(url, parts(b"a"))
