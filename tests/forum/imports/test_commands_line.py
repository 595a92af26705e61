"""`python -m forum import mbox` as somebody types it: sentences instead of tracebacks, and a run that is killed."""

import asyncio
import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from forum.tables import posts
from tests.forum.imports.bringing import assert_whole, posts_of, rows
from tests.forum.imports.letters import discussion, write_mbox
from tests.forum.threads.village import Village
from tests.servers import forks
from tests.servers.confer import ROOT, ConferServer


def start(server: ConferServer, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "forum", "import", "mbox", *words],
        env=server.environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(server: ConferServer, *words: str) -> tuple[int, str, str]:
    return forks.run(["import", "mbox", *words], server.environment)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _bytes(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path, "There is no file {path}."),
        (_folder, "{path} is a folder. Give the mbox file in it."),
        (_bytes(gzip.compress(b"From x")), "{path} is compressed. Unpack it first: gunzip {path}"),
        (_bytes(b""), "{path} is not an mbox: no message in it can be read."),
        (_bytes(os.urandom(100_000)), "{path} is not an mbox: no message in it can be read."),
        (_bytes(b"Dear all,\n\nhere is my list.\n"), "{path} is not an mbox: no message in it can be read."),
    ],
    ids=["missing", "folder", "compressed", "empty", "noise", "text"],
)
async def test_what_is_no_mbox_gets_a_sentence(
    village: Village, server: ConferServer, tmp_path: Path, make: Callable[[Path], Path], sentence: str
) -> None:
    place = await village.network(await village.person())
    path = make(tmp_path / "file")
    code, out, err = run(server, str(path), "--network", place.slug)
    assert (code, out) == (1, "")
    assert err.strip().splitlines()[-1] == sentence.format(path=path)
    assert "Traceback" not in err


async def test_an_unknown_network_gets_a_sentence(village: Village, server: ConferServer, tmp_path: Path) -> None:
    path = write_mbox(tmp_path, discussion("one", 1))
    code, out, err = run(server, str(path), "--network", "nowhere-at-all")
    assert (code, out) == (1, "")
    assert err.startswith("No network has the address “nowhere-at-all”.")


async def test_a_run_tells_what_it_did(village: Village, server: ConferServer, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    broken = "From MAILER-DAEMON Mon May  3 09:00:00 2004\nX-Nothing: here\n\nWords.\n\n"
    path = write_mbox(tmp_path, [*discussion("one", 4, people=2), broken])
    code, out, err = run(server, str(path), "--network", place.slug)
    assert code == 0
    assert out.startswith(f"Brought into {place.name}: 4 posts in 1 new thread")
    assert err.strip() == "Message 5 is left out. It has no headers."


async def test_a_run_that_is_killed_is_repeated(village: Village, server: ConferServer, tmp_path: Path) -> None:
    place = await village.network(await village.person())
    letters = [letter for number in range(300) for letter in discussion(f"t{number}", 10, hour=number)]
    path = write_mbox(tmp_path, letters)
    counted = select(func.count()).select_from(posts).where(posts.c.network_id == place.id)
    process = start(server, str(path), "--network", place.slug)
    deadline = time.monotonic() + 60
    while not (await rows(village, counted))[0][0]:
        assert process.poll() is None
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    await assert_whole(village, place)
    kept = (await rows(village, counted))[0][0]
    assert 0 < kept < 3_000
    code, out, _ = run(server, str(path), "--network", place.slug)
    assert code == 0
    assert out.splitlines()[1] == f"{kept:,} messages were there already."
    await assert_whole(village, place)
    assert len(await posts_of(village, place)) == 3_000


async def test_a_run_that_is_asked_to_end_says_what_stays(
    village: Village, server: ConferServer, tmp_path: Path
) -> None:
    place = await village.network(await village.person())
    letters = [letter for number in range(300) for letter in discussion(f"t{number}", 10, hour=number)]
    counted = select(func.count()).select_from(posts).where(posts.c.network_id == place.id)
    process = start(server, str(write_mbox(tmp_path, letters)), "--network", place.slug)
    while not (await rows(village, counted))[0][0]:
        assert process.poll() is None
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "which stay. Run the same again to go on." in err
    assert "Traceback" not in err
    await assert_whole(village, place)
