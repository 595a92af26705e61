"""Which store an address names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from forum.files.local import LocalStore
from forum.files.store import Store


def open_store(url: str, most: int) -> Store:
    """The store at this address, `file:///folder`; no file may have more than `most` bytes. Nothing is opened yet."""
    return LocalStore(Path(unquote(urlsplit(url).path)), most)
