"""The data folder is for the one who runs the server: it holds people's addresses and what closed networks say."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from forum.settings import Settings

_FOLDER = 0o700
_FILE = 0o600
_BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
"""Ends of the names of a SQLite database's files."""


def keep_private(settings: Settings) -> None:
    """Make DATA_DIR and SQLite's files readable for nobody else, those that are there and those to come.

    Raises OSError where the folder can't be made.
    """
    if not settings.is_postgresql:
        settings.data_dir.mkdir(_FOLDER, parents=True, exist_ok=True)
    _close(settings.data_dir, _FOLDER)
    _close(settings.data_dir / "mail", _FOLDER)
    _close(settings.data_dir / "files", _FOLDER)
    _close(settings.data_dir / "secret_key", _FILE)
    if not settings.is_postgresql:
        _keep_database_private(Path(make_url(settings.database).database or ""))


def _keep_database_private(path: Path) -> None:
    path.parent.mkdir(_FOLDER, parents=True, exist_ok=True)
    if not path.exists():
        # SQLite takes an empty file for a new database, and gives the files beside it the same mode.
        with suppress(FileExistsError):  # another process was first
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _FILE))
    for end in _BESIDE:
        _close(path.with_name(path.name + end), _FILE)


def _close(path: Path, mode: int) -> None:
    """Take away what others may do. Left as it is: what belongs to somebody else, and a folder that all share."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    is_shared = bool(found.st_mode & stat.S_ISVTX)
    if found.st_uid == os.geteuid() and not is_shared and stat.S_IMODE(found.st_mode) & ~mode:
        path.chmod(stat.S_IMODE(found.st_mode) & mode)
