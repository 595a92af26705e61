"""SQLite: its log cut at any byte, and commands beside a server at work.

That a second server on the same data is refused with a sentence is tried in `tests/servers/test_confer.py`, and one
account made beside a running server in `tests/forum/test_command_line.py`.
"""

import asyncio
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.asking import Asker
from tests.faults.halls import Hall, hall
from tests.faults.scenes import IS_FULL
from tests.faults.waiting import until
from tests.forum.imports.letters import discussion, write_mbox
from tests.servers.confer import PASSWORD, ConferServer
from tests.servers.shapes import SQLITE_MEMORY

COPIES = 12 if IS_FULL else 2
CUTS = 200 if IS_FULL else 12
BETWEEN_SECONDS = 2.0 if IS_FULL else 0.6
COMMANDS = 12 if IS_FULL else 2
LETTERS = 3_000 if IS_FULL else 120
_HEADER, _FRAME = 32, 24 + 4096
"""Bytes of a write-ahead log: of its beginning, and of each page in it."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a machine that loses its power at one moment has on its disk."""

    folder: Path
    marks: dict[str, tuple[bytes, int]]
    """Posts that were acknowledged by then: in which log, and how long it was when the answer was there."""

    @property
    def log(self) -> Path:
        return self.folder / "confer.sqlite3-wal"

    def due(self, cut: int) -> set[str]:
        """What must be there when the log is cut so: all that an earlier log had, and what stands before the cut."""
        generation = _generation(self.log)
        return {post for post, (log, size) in self.marks.items() if log != generation or size <= cut}


def _generation(log: Path) -> bytes:
    """Which log this is: it begins anew after each checkpoint."""
    with log.open("rb") as file:
        return file.read(_HEADER)[16:24]


async def test_log_cut_at_any_byte(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    cuts = kept = 0
    async with hall((SQLITE_MEMORY, None), tmp_path, 25) as run:
        marks: dict[str, tuple[bytes, int]] = {}
        writing = asyncio.gather(*(_write_and_mark(run, marks) for _ in range(8)))
        for number in range(COPIES):
            assert await until(lambda: len(marks) > 20, 10)
            await asyncio.sleep(BETWEEN_SECONDS * random.random())
            copy = await asyncio.to_thread(_copy, run, tmp_path / f"copy-{number}", marks)
            at = await asyncio.to_thread(_cuts, copy)
            for cut in at:
                kept += await asyncio.to_thread(_check_cut, copy, cut, tmp_path / "cut")
            cuts += len(at)
            await asyncio.to_thread(_check_whole, copy)
        run.is_over = True
        await writing
        await run.check()
    record_property(
        "figures", f"{cuts} cuts of {COPIES} logs in mid-load: every post acknowledged before one was there"
    )
    assert kept, "no cut left anything out"


async def _write_and_mark(run: Hall, marks: dict[str, tuple[bytes, int]]) -> None:
    log = run.servers[0].data_dir / "confer.sqlite3-wal"
    while not run.is_over:
        made = await run.post()
        if made is not None:
            marks[made] = (_generation(log), log.stat().st_size)


def _copy(run: Hall, folder: Path, marks: dict[str, tuple[bytes, int]]) -> _Copy:
    """Freeze the server between two instructions and take what is on the disk; not in the middle of a checkpoint.

    While pages go from the log into the database, the log is on the disk already, and nothing can cut it.
    """
    server, folder = run.servers[0], folder
    folder.mkdir()
    for _ in range(200):
        server.pause()
        try:
            known = dict(marks)
            shared = (server.data_dir / "confer.sqlite3-shm").read_bytes()
            if (
                shared[96:100] == shared[128:132] == bytes(4)
                and (server.data_dir / "confer.sqlite3-wal").stat().st_size
            ):
                for name in ("confer.sqlite3", "confer.sqlite3-wal"):
                    shutil.copy(server.data_dir / name, folder / name)
                return _Copy(folder, known)
        finally:
            server.resume()
        time.sleep(0.01)
    raise AssertionError("the server did nothing but checkpoints")


def _cuts(copy: _Copy) -> list[int]:
    """Where to cut: at every kind of byte, and most of all about the ends of the pages of the last posts."""
    size = copy.log.stat().st_size
    ends = list(range(_HEADER, size + 1, _FRAME))
    near = [end + off for end in ends[-12:] for off in (-4097, -1, 0, 1, 23, 24, 25)]
    others = [random.randrange(size) for _ in range(CUTS)]
    return sorted(
        {cut for cut in (0, 1, 31, *random.sample(near, min(len(near), CUTS)), *others, size) if 0 <= cut <= size}
    )


def _check_cut(copy: _Copy, cut: int, folder: Path) -> bool:
    """Open the database with only so much of its log; whether something was left out."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(copy.folder, folder)
    with (folder / "confer.sqlite3-wal").open("r+b") as file:
        file.truncate(cut)
    connection = sqlite3.connect(folder / "confer.sqlite3")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",), cut
        found = {row[0] for row in connection.execute("SELECT id FROM posts")}
        told = {row[0] for row in connection.execute("SELECT object_id FROM events WHERE kind = 'post.created'")}
        holes = connection.execute(
            "SELECT name, head, count(seq), min(seq), max(seq) FROM streams LEFT JOIN events ON stream = name "
            "GROUP BY name, head HAVING count(seq) <> head OR head > 0 AND (min(seq) <> 1 OR max(seq) <> head)"
        ).fetchall()
        counts = connection.execute("SELECT post_count FROM threads").fetchone()
    finally:
        connection.close()
    assert not holes, (cut, holes)
    assert copy.due(cut) <= found, (cut, len(copy.due(cut) - found))
    assert len(told) == len(found) - 1 == counts[0] - 1, cut  # the first post was there before there were events
    return not copy.marks.keys() <= found


def _check_whole(copy: _Copy) -> None:
    """The same by the product itself, which also opens it: all that was acknowledged is there."""
    server = ConferServer(copy.folder / "server")
    server.data_dir.mkdir(parents=True)
    for name in ("confer.sqlite3", "confer.sqlite3-wal"):
        shutil.move(copy.folder / name, server.data_dir / name)
    assert "holds together" in server.command("check")
    connection = sqlite3.connect(server.data_dir / "confer.sqlite3")
    found = {row[0] for row in connection.execute("SELECT id FROM posts")}
    connection.close()
    assert copy.marks.keys() <= found


async def test_commands_beside_a_server_at_work(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Accounts are made, an archive is brought in and all is checked, while people write: nobody loses anything."""
    async with hall((SQLITE_MEMORY, None), tmp_path, 30) as run:
        await run.crowd.gather(30)
        await _make_network(run)
        writing = asyncio.create_task(run.write(30))
        began = time.monotonic()
        archive = write_mbox(tmp_path, [letter for n in range(LETTERS // 20) for letter in discussion(f"talk-{n}", 20)])
        command = run.servers[0].command
        options = ["--name", "Made Beside", "--password-stdin", "--token"]
        done = await asyncio.gather(
            asyncio.to_thread(command, "import", "mbox", str(archive), "--network", "archive"),
            *(asyncio.to_thread(command, "check") for _ in range(COMMANDS)),
            *(
                asyncio.to_thread(command, "account", "create", f"made{n}@example.org", *options, typed=f"{PASSWORD}\n")
                for n in range(COMMANDS)
            ),
        )
        taken = time.monotonic() - began
        run.is_over = True
        await writing
        assert await run.everybody_has_everything(30)
        await run.check()
        assert all("holds together" in said for said in done[1 : 1 + COMMANDS])
        assert str(LETTERS) in done[0].replace(",", ""), done[0]
        made = Asker(done[-1].strip().splitlines()[-1])
        assert (await made.ask(run.servers[0].port, "GET", "/api/v1/me")).status == 200
        await made.close()
        assert "holds together" in await asyncio.to_thread(command, "check")
    record_property(
        "figures",
        f"import of {LETTERS} letters, {COMMANDS} accounts, {COMMANDS} checks in {taken:.1f} s beside "
        f"{len(run.acknowledged)} posts: 0 lost, {run.refused} times “not now”",
    )


async def _make_network(run: Hall) -> None:
    asker = Asker(next(iter(run.world.tokens.values())))
    body = {"name": "Archive", "purpose": "Old letters.", "access": "open"}
    answer = await asker.ask(run.servers[0].port, "POST", "/api/v1/networks", body)
    assert answer.status == 201, answer.body
    await asker.close()
