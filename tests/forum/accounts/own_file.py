"""The download of what is held about somebody, taken apart."""

import io
import json
import zipfile
from typing import Any

from forum.accounts.own_data import DATA, READ_ME


def data_in(body: bytes) -> dict[str, Any]:
    """The data in it."""
    held: dict[str, Any] = json.loads(words_in(body))
    return held


def words_in(body: bytes) -> str:
    """The same as it is written."""
    return _files(body)[DATA].decode()


def read_me_in(body: bytes) -> str:
    """What is said of it in plain words."""
    return _files(body)[READ_ME].decode("utf-8-sig")


def _files(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [READ_ME, DATA]
        return {name: archive.read(name) for name in archive.namelist()}
