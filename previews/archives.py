"""Archives of others: how much lies in them is bounded before it is unpacked, and again while it is."""

import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, BinaryIO

from previews.kinds import find_end
from previews.limits import Limits
from previews.parts import Refused, Why
from previews.xml_reading import attribute, read_elements, relation

_LISTED = 8 << 20
_ZIP64 = 0xFFFF
_NOTEWORTHY = 1 << 20
"""Parts below this size may be packed as tightly as they like."""


class Archive:
    """The parts of one archive, read one by one, in order, at most so much of each."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.limits = limits
        end = find_end(file)
        if end is None:
            raise Refused(Why.BROKEN)
        if end[0] > limits.entries or end[0] == _ZIP64 or end[1] > _LISTED:
            raise Refused(Why.BOMB)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise Refused(Why.BROKEN) from error
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        if len(self._zip.infolist()) > limits.entries:
            raise Refused(Why.BOMB)
        if sum(entry.file_size for entry in self._zip.infolist()) > limits.unpacked:
            raise Refused(Why.BOMB)
        if any(_is_macro(name.lower()) for name in self._entries):
            raise Refused(Why.MACROS)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def open(self, name: str) -> "Bounded":
        """The part of this name, to be read from its beginning. Raises Refused."""
        entry = self._entries.get(name)
        if entry is None:
            raise Refused(Why.BROKEN)
        if entry.flag_bits & 1:
            raise Refused(Why.LOCKED)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(Why.BROKEN)
        if entry.file_size > self.limits.part:
            raise Refused(Why.TOO_LARGE)
        if entry.file_size > _NOTEWORTHY and entry.file_size > entry.compress_size * self.limits.ratio:
            raise Refused(Why.BOMB)
        try:
            return Bounded(self._zip.open(entry), self.limits.part)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
            raise Refused(Why.BROKEN) from error

    def relations(self, name: str) -> Mapping[str, str]:
        """Which other part each id in this part names, as its path in the archive. "" is the archive itself."""
        folder, file = posixpath.split(name)
        listed = posixpath.join(folder, "_rels", f"{file}.rels")
        if listed not in self:
            return {}
        found = {}
        for element in read_elements(self.open(listed), self.limits, {"Relationship"}):
            if attribute(element, "TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attribute(element, "Target"))).lstrip("/")
                found[attribute(element, "Id")] = target
                found[attribute(element, "Type").rpartition("/")[2]] = target
        return found

    def listed(self, name: str, tag: str) -> list[tuple[str, str, bool]]:
        """The parts that elements of this tag name, in order: their path, their own name, whether they are hidden."""
        known = self.relations(name)
        return [
            (known[relation(element)], attribute(element, "name"), attribute(element, "state", "visible") != "visible")
            for element in read_elements(self.open(name), self.limits, {tag})
            if relation(element) in known
        ]


def _is_macro(name: str) -> bool:
    """Whether a part of this name holds macros: of Office, its older sheets of them, and of OpenDocument."""
    return name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/", "xl/macrosheets/"))


class Bounded:
    """The bytes of a part, which end with Refused where they are more than it said or than is allowed."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._left = most

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        try:
            chunk = self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise Refused(Why.BROKEN) from error
        self._left -= len(chunk)
        if self._left < 0:
            raise Refused(Why.BOMB)
        return chunk

    def read_all(self, most: int) -> bytes:
        """All of it, where that is no more than `most`."""
        found = b"".join(iter(lambda: self.read(1 << 16), b""))
        if len(found) > most:
            raise Refused(Why.TOO_LARGE)
        return found
