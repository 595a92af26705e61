"""Which store an address names. The client of object storage is loaded only where it is used."""

from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from forum.files.local import LocalStore
from forum.files.store import Store


def open_store(url: str, most: int, spool: Path) -> Store:
    """The store at this address, `file:///folder` or `s3://bucket/folder`; no file may have more than `most` bytes.

    Under `spool` lies what is on its way to object storage. Nothing is opened yet.
    """
    if url.startswith("s3://"):
        store: Store = import_module("forum.files.objects").ObjectStore(url, most, spool)
        return store
    return LocalStore(folder_of(url), most)


def folder_of(url: str) -> Path:
    """The folder that `file:///folder` names."""
    return Path(unquote(urlsplit(url).path))
