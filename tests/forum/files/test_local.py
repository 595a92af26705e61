"""The folder: what a disk that is full or broken does, what is left behind, and who may look."""

import errno
import os
import secrets
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forum.errors import NotFound, StoreFull, Unavailable
from forum.files import incoming as incoming_module
from forum.files import local
from forum.files.local import LocalStore
from forum.files.store import CHUNK_BYTES
from ground.columns import new_id
from tests.forum.files.conftest import MOST
from tests.forum.files.test_store import bring
from tests.forum.files.test_store_parts import send


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def failing(number: int) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


async def test_lies_in_folders_by_its_hash_for_nobody_else(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "files", MOST)
    sha256 = (await bring(store, b"content")).sha256
    path = tmp_path / "files" / sha256[:2] / sha256[2:4] / sha256
    assert path.read_bytes() == b"content"
    for each in (path, *path.parents[:3]):
        assert stat.S_IMODE(each.stat().st_mode) & 0o077 == 0, each
    await store.close()


@pytest.mark.parametrize("stage", ["write_all", "fsync", "replace"])
async def test_a_full_disk_keeps_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    store = LocalStore(tmp_path / "files", MOST)
    await bring(store, b"before")
    where: Any = incoming_module if stage == "write_all" else local.os
    monkeypatch.setattr(where, stage, failing(errno.ENOSPC))
    with pytest.raises(StoreFull, match="no room"):
        await bring(store, secrets.token_bytes(3 * CHUNK_BYTES))
    monkeypatch.undo()
    assert len(files_in(tmp_path)) == 1
    await bring(store, b"after")
    await store.close()


async def test_a_broken_disk_is_said_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = LocalStore(tmp_path / "files", MOST)
    monkeypatch.setattr(local.os, "fsync", failing(errno.EIO))
    with pytest.raises(Unavailable):
        await bring(store, b"content")
    monkeypatch.undo()
    assert str(tmp_path) not in caplog.text
    assert files_in(tmp_path) == []
    await store.close()


async def test_what_a_killed_server_left_is_thrown_away_a_day_later(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "files", MOST)
    incoming = await store.begin()
    await incoming.write(bytes(2 * CHUNK_BYTES))
    kept = await bring(store, b"whole")
    await store.tidy(datetime.now(UTC) - timedelta(days=1))
    assert len(files_in(tmp_path)) == 2
    await store.tidy(datetime.now(UTC) + timedelta(minutes=1))
    assert [path.name for path in files_in(tmp_path)] == [kept.sha256]
    await incoming.__aexit__(None, None, None)
    await store.close()


async def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file stands in its place")
    store = LocalStore(tmp_path / "files", MOST)
    assert not await store.is_reachable()
    with pytest.raises(Unavailable):
        await store.begin()
    await store.close()


async def test_who_comes_late_never_writes_into_the_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They opened it as a part, and before they had it for themselves it became a file that must never change."""
    store, upload_id = LocalStore(tmp_path / "files", MOST), new_id()
    await send(store, upload_id, 0, b"content")
    part = tmp_path / "files" / "incoming" / f"{upload_id}.part"
    truly = local.fcntl.flock

    def late(file: int, how: int) -> None:
        target = tmp_path / "files" / "whole"
        part.rename(target)
        truly(file, how)

    monkeypatch.setattr(local.fcntl, "flock", late)
    with pytest.raises(NotFound):
        await store.take_part(upload_id, 0)
    assert (tmp_path / "files" / "whole").read_bytes() == b"content"
    await store.close()
