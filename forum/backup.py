"""The whole of what is stored in one file, taken while the server runs, and put back as a new incarnation.

The file is a tar archive: what it is (`manifest.json`), the database, and the files of the store, wherever that keeps
them. On SQLite the database is copied by its own online backup, on PostgreSQL by `pg_dump`: either is one state, as it
was committed at one moment. Files come after it, for what a row names is in the store before the row is.
The secret key is not in it: links and limits begin anew with the key of the place where it is restored.
"""

import asyncio
import json
import os
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy.engine import make_url

from forum.database import open_database
from forum.errors import BackupFailed, FileDamaged, StoreFull, Unavailable
from forum.files.opening import open_store
from forum.files.store import CHUNK_BYTES, Store, Stored, place
from forum.schema import SCHEMA, bring_up_to_date
from forum.settings import Settings
from ground.columns import moment_text, now
from realtime.event_log import renew_epoch
from realtime.heads import Heads, read_heads

MANIFEST = "manifest.json"
FORMAT = 1
_SQLITE, _POSTGRESQL, _FILES = "database.sqlite3", "database.dump", "files"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is."""

    format: int
    schema: str
    database: str
    """`sqlite` or `postgresql`: it is restored where the same is used."""
    made_at: str
    events: int


async def back_up(settings: Settings, target: Path) -> Manifest:
    """Write a backup, beside a running server, into a file that is there once it is whole. Raises BackupFailed, also
    where there is a file already: it may be the only other backup, or somebody's letter."""
    _check_free(target)
    heads = await _heads(settings)
    kind = "postgresql" if settings.is_postgresql else "sqlite"
    manifest = Manifest(FORMAT, SCHEMA, kind, moment_text(now()), heads.events)
    with _folder_beside(target) as folder:
        copy = folder / (_POSTGRESQL if settings.is_postgresql else _SQLITE)
        if settings.is_postgresql:
            await _run("pg_dump", "--format=custom", f"--file={copy}", settings=settings)
        else:
            await asyncio.to_thread(_copy_sqlite, _sqlite_path(settings), copy)
        (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2))
        whole = folder / "whole"
        await _pack(settings, whole, folder, copy)
        _check_free(target)
        os.replace(whole, target)
    return manifest


def _check_free(target: Path) -> None:
    if target.is_dir():
        raise BackupFailed(f"{target} is a folder. Name the file to write in it, such as {target / 'confer.tar'}.")
    if os.path.lexists(target):
        raise BackupFailed(f"{target} is there already, and is not written over. Give another name, or move it away.")


async def _heads(settings: Settings) -> Heads:
    database = open_database(settings.database)
    try:
        heads = await read_heads(database)
    finally:
        await database.dispose()
    if heads is None:
        raise BackupFailed("There is nothing to back up yet.")
    return heads


def _copy_sqlite(source: Path, copy: Path) -> None:
    # Opened for reading only, and in one step: writers go on meanwhile, and none of them starts it again.
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(copy)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
        troubles = writing.execute("PRAGMA quick_check").fetchone()[0]
    if troubles != "ok":
        raise BackupFailed(f"The copy is not whole: {troubles}.")


async def _pack(settings: Settings, whole: Path, folder: Path, copy: Path) -> None:
    files = open_store(settings.files, sys.maxsize, settings.spool)
    try:
        with tarfile.open(whole, "w") as archive:
            archive.add(folder / MANIFEST, MANIFEST)
            archive.add(copy, copy.name)
            async for stored in files.listing():
                await _pack_file(archive, files, stored, folder / "one")
    except Unavailable as error:
        raise BackupFailed("The store of files at FILES_URL does not answer as it should. Nothing was kept.") from error
    finally:
        await files.close()
    _see_to_the_disk(whole)


def _see_to_the_disk(whole: Path) -> None:
    whole.chmod(0o600)
    with whole.open("rb") as written:
        os.fsync(written.fileno())


async def _pack_file(archive: tarfile.TarFile, files: Store, stored: Stored, copy: Path) -> None:
    """One file, by way of a copy: the whole of it, or nothing where it was collected in this moment."""
    with copy.open("wb") as written:
        try:
            async for chunk in files.read(stored.sha256):
                written.write(chunk)
        except FileDamaged:
            print(f"The file {stored.sha256} is damaged, and not in the backup.", file=sys.stderr)
            return
        except Unavailable:
            if await files.find(stored.sha256) is not None:
                raise
            return
    archive.add(copy, f"{_FILES}/{place(stored.sha256)}")


async def restore(settings: Settings, source: Path) -> Manifest:
    """Put a backup in the place of what is stored; its last step is a new epoch, so that every page reads anew.

    No server may run meanwhile. What SQLite had is kept beside it; PostgreSQL does all of it or nothing.
    Raises BackupFailed.
    """
    with _folder_beside(source if os.access(source.parent, os.W_OK) else settings.data_dir / "x") as folder:
        manifest = await asyncio.to_thread(_unpack, source, folder)
        _check(settings, manifest)
        await _bring_files(settings, folder / _FILES)
        if settings.is_postgresql:
            options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
            await _run("pg_restore", *options, "--dbname=", str(folder / _POSTGRESQL), settings=settings)
        else:
            _exchange(_sqlite_path(settings), folder / _SQLITE)
    database = open_database(settings.database)
    try:
        await bring_up_to_date(database)
        async with database.write() as connection:
            await renew_epoch(connection)
    finally:
        await database.dispose()
    return manifest


async def _bring_files(settings: Settings, folder: Path) -> None:
    """Before the rows that name them. Into the store that is used now: it need not be the kind they came from."""
    files = open_store(settings.files, sys.maxsize, settings.spool)
    try:
        for path in _packed(folder):
            await _bring_file(files, path)
    except (StoreFull, Unavailable) as error:
        raise BackupFailed(f"The files can't be put back. {error}") from error
    finally:
        await files.close()


def _packed(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*/*") if path.is_file())


async def _bring_file(files: Store, path: Path) -> None:
    async with await files.begin() as incoming:
        with path.open("rb") as source:
            while chunk := source.read(CHUNK_BYTES):
                await incoming.write(chunk)
        kept = await incoming.finish()
    if kept.sha256 != path.name:
        raise BackupFailed(f"The file {path.name} in this backup is not what it was when it was backed up.")


def _unpack(source: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _take_out(archive, member, folder)
        return Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        raise BackupFailed(f"{source} is no backup of Confer, or not a whole one ({type(error).__name__}).") from error


def _take_out(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one file of ours; what else an archive may hold (links, paths that lead elsewhere) is left in it."""
    path = PurePosixPath(member.name)
    is_ours = member.name in (MANIFEST, _SQLITE, _POSTGRESQL) or path.parts[:1] == (_FILES,)
    content = archive.extractfile(member) if is_ours and member.isfile() and ".." not in path.parts else None
    if content is None:
        return
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as written:
        shutil.copyfileobj(content, written)


def _check(settings: Settings, manifest: Manifest) -> None:
    used = "postgresql" if settings.is_postgresql else "sqlite"
    if manifest.format != FORMAT or manifest.schema > SCHEMA:
        raise BackupFailed("This backup was made by a newer Confer. Install that version, then restore.")
    if manifest.database != used:
        raise BackupFailed(f"This backup is of {manifest.database}; DATABASE_URL names {used}.")


def _exchange(path: Path, restored: Path) -> None:
    stamp = moment_text(now()).replace(":", "").partition(".")[0]
    for end in ("-wal", "-shm", ""):
        old = path.with_name(path.name + end)
        if old.exists():
            old.rename(path.with_name(f"{path.name}.before-{stamp}{end}"))
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    restored.chmod(0o600)
    shutil.move(restored, path)


def _sqlite_path(settings: Settings) -> Path:
    return Path(make_url(settings.database).database or "")


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """A folder on the same disk, for nobody else to read, gone at the end."""
    if not target.parent.is_dir():
        raise BackupFailed(f"There is no folder {target.parent}.")
    with tempfile.TemporaryDirectory(prefix=".confer-backup-", dir=target.parent) as name:
        yield Path(name)


async def _run(program: str, *words: str, settings: Settings) -> None:
    """A program of PostgreSQL's; it learns by its environment what no list of processes should show."""
    url = make_url(settings.database)
    given = {
        "HOST": url.host,
        "PORT": url.port,
        "USER": url.username,
        "PASSWORD": url.password,
        "DATABASE": url.database,
    }
    for name, value in url.query.items():
        given.setdefault(name.upper(), str(value))
    environment = os.environ | {f"PG{name}": str(value) for name, value in given.items() if value}
    words = tuple(f"--dbname={url.database}" if word == "--dbname=" else word for word in words)
    try:
        process = await asyncio.create_subprocess_exec(
            program, *words, env=environment, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise BackupFailed(f"{program} is missing: install PostgreSQL's client programs.") from error
    _, said = await process.communicate()
    if process.returncode:
        raise BackupFailed(f"{program} failed: {said.decode(errors='replace').strip()[-500:]}")
