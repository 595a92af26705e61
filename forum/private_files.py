"""The data folder is for the one who runs the server: it holds people's addresses and what closed networks say."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from forum.files.opening import folder_of
from forum.settings import Settings, SettingsError

_FOLDER = 0o700
_FILE = 0o600
_FULL = (errno.ENOSPC, errno.EDQUOT)
_BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
"""Ends of the names of a SQLite database's files."""
_MARKS = ("server.lock", "secret_key", "heads", "mail", "files")
"""What stands in a data folder, beside the database, from its first minute on."""
_SQLITE = b"SQLite format 3\x00"
_NOT_A_DATABASE = (
    "DATABASE_URL leads to {path}, which is no SQLite database. Name Confer's own file, or one that is not there yet."
)
_NO_FOLDER = (
    "DATABASE_URL leads to {path}, in a folder that is not there, so that an empty site would begin. Make the folder "
    "first, or write where the database lies, such as sqlite:////var/lib/confer/confer.sqlite3: four slashes where the "
    "path begins at the root."
)
_CAN_NOT_USE = "{name} is {value}, where Confer can't keep anything ({why}). Name a folder that it can write in: {how}"
_DATA_DIR = "DATA_DIR=/var/lib/confer, or leave DATA_DIR out, which means var."
_FILES_URL = "FILES_URL=file:///srv/confer-files, or leave FILES_URL out, which means a folder in DATA_DIR."
_NOT_OURS = (
    "DATA_DIR is {path}, which holds other things, and Confer shuts its data folder to everybody else. "
    "Name a folder for Confer alone: an empty one, or one that is not there yet."
)


def keep_private(settings: Settings) -> None:
    """Make DATA_DIR and SQLite's files readable for nobody else, those that are there and those to come.

    Raises SettingsError where the folder can't be made or used, and where folder or database is something else: a slip
    of the pen must not shut the rest of the machine out of a folder like /etc.
    """
    database = None if settings.is_postgresql else Path(make_url(settings.database).database or "")
    if database is not None:
        _check_database(database, settings)
    try:
        _check_folder(settings.data_dir, database)
        if database is not None:
            _make(settings.data_dir)
        _close(settings.data_dir, _FOLDER)
        _close(settings.data_dir / "mail", _FOLDER)
        _close(settings.data_dir / "files", _FOLDER)
        _close(settings.data_dir / "secret_key", _FILE)
    except OSError as error:
        raise _can_not_use("DATA_DIR", settings.data_dir, error, _DATA_DIR) from error
    if database is not None:
        _keep_database_private(database)


def make_folders(settings: Settings) -> None:
    """The folders in which a server or a worker writes. Raises SettingsError where one can't be made or used."""
    try:
        _make(settings.data_dir)
    except OSError as error:
        raise _can_not_use("DATA_DIR", settings.data_dir, error, _DATA_DIR) from error
    if not settings.files_url.startswith("file:"):
        return  # it is within DATA_DIR, or a bucket, which may be away for a while
    try:
        _make(folder_of(settings.files_url))
    except OSError as error:
        if error.errno not in _FULL:  # what is full already can be read
            raise _can_not_use("FILES_URL", settings.files_url, error, _FILES_URL) from error


def _make(folder: Path) -> None:
    """Make a folder unless it is there. Raises OSError where nothing can be written in it."""
    folder.mkdir(_FOLDER, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _can_not_use(name: str, value: object, error: OSError, how: str) -> SettingsError:
    # Python says so of a file that stands where the folder should be.
    why = "it is no folder" if isinstance(error, FileExistsError) else error.strerror
    return SettingsError(_CAN_NOT_USE.format(name=name, value=value, why=why, how=how))


def _check_database(path: Path, settings: Settings) -> None:
    folder = path.parent
    if settings.database_url and not folder.is_dir() and not _is_within(folder, settings.data_dir):
        raise SettingsError(_NO_FOLDER.format(path=path))
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                raise SettingsError(_NOT_A_DATABASE.format(path=path))


def _is_within(folder: Path, other: Path) -> bool:
    return folder.absolute().is_relative_to(other.absolute())


def _check_folder(folder: Path, database: Path | None) -> None:
    if not folder.is_dir():
        return
    names = {path.name for path in folder.iterdir() if not path.name.startswith(".")} - {"lost+found"}
    ours = {*_MARKS, *(() if database is None else (database.name + end for end in _BESIDE))}
    within = {name for name in names if (folder / name / "server.lock").exists()}  # `var/demo` in `var`
    if names and not names & (ours | within):
        raise SettingsError(_NOT_OURS.format(path=folder))


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
