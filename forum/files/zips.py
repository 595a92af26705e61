"""A zip that is written while it is sent: of the files in it no more is in memory than the chunk that goes out.

What is packed keeps its size: papers and pictures are packed already. Sizes and sums follow each file's bytes, as
streams must (PKWARE's APPNOTE, 4.3.9); where a file, the whole or their number is too large for the old form, the
newer one (ZIP64) is used for just that.
"""

import struct
import zlib
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field
from datetime import datetime

_FLAGS = 0x0808  # the sums follow; names are UTF-8
_UNIX, _FILE, _FOLDER = 3 << 8, 0o100644 << 16, (0o040755 << 16) | 0x10
_OLD, _NEW = 20, 45
_FULL, _FULL_COUNT = 0xFFFFFFFF, 0xFFFF


@dataclass(slots=True)
class ZipStream:
    """One zip on its way out. `large`: from so many bytes on the newer form is used."""

    large: int = 0xF0000000
    _offset: int = 0
    _listed: list[bytes] = field(default_factory=list)

    async def file(
        self, name: str, moment: datetime, size: int, chunks: AsyncIterable[bytes]
    ) -> AsyncGenerator[bytes, None]:
        """One file under this path; `size` is what its bytes will be."""
        begins, is_large, written = self._offset, size >= self.large, 0
        yield self._count(_local(name, moment, is_large=is_large))
        packing, crc, size = zlib.compressobj(0, zlib.DEFLATED, -15), 0, 0
        async for chunk in chunks:
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            if packed := packing.compress(chunk):
                written += len(packed)
                yield self._count(packed)
        packed = packing.flush()
        written += len(packed)
        sums = struct.pack("<IIQQ" if is_large else "<IIII", 0x08074B50, crc, written, size)
        yield self._count(packed + sums)
        self._listed.append(self._central(name, moment, (crc, written, size), begins, _FILE, is_large=is_large))

    def folder(self, name: str, moment: datetime) -> bytes:
        """A folder, which is there even where nothing lies in it; its path ends with a slash."""
        begins = self._offset
        empty = b"\x03\x00"
        sums = struct.pack("<IIII", 0x08074B50, 0, len(empty), 0)
        self._listed.append(self._central(name, moment, (0, len(empty), 0), begins, _FOLDER, is_large=False))
        return self._count(_local(name, moment, is_large=False) + empty + sums)

    def end(self) -> bytes:
        """The list of all that is in it."""
        listing, begins, count = b"".join(self._listed), self._offset, len(self._listed)
        last = begins + len(listing)
        newer = b""
        if count >= _FULL_COUNT or last >= self.large:
            newer = struct.pack(
                "<IQHHIIQQQQ", 0x06064B50, 44, _UNIX | _NEW, _NEW, 0, 0, *(count, count), *(len(listing), begins)
            )
            newer += struct.pack("<IIQI", 0x07064B50, 0, last, 1)
        few = min(count, _FULL_COUNT)
        sizes = (min(len(listing), _FULL), _FULL if newer else begins)
        return listing + newer + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, few, few, *sizes, 0)

    def _count(self, part: bytes) -> bytes:
        self._offset += len(part)
        return part

    def _central(
        self, name: str, moment: datetime, sums: tuple[int, int, int], begins: int, kind: int, *, is_large: bool
    ) -> bytes:
        crc, written, size = sums
        is_far = begins >= self.large
        values = ([size, written] if is_large else []) + ([begins] if is_far else [])
        extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
        shown = (_FULL, _FULL) if is_large else (written, size)
        path = name.encode()
        return (
            struct.pack("<IHHHH", 0x02014B50, _UNIX | _NEW, _NEW if values else _OLD, _FLAGS, zlib.DEFLATED)
            + _dos_time(moment)
            + struct.pack("<III", crc, *shown)
            + struct.pack("<HHHHHII", len(path), len(extra), 0, 0, 0, kind, _FULL if is_far else begins)
            + path
            + extra
        )


def _local(name: str, moment: datetime, *, is_large: bool) -> bytes:
    path = name.encode()
    extra = struct.pack("<HHQQ", 1, 16, 0, 0) if is_large else b""
    sizes = (_FULL, _FULL) if is_large else (0, 0)
    head = struct.pack("<IHHH", 0x04034B50, _NEW if is_large else _OLD, _FLAGS, zlib.DEFLATED) + _dos_time(moment)
    return head + struct.pack("<IIIHH", 0, *sizes, len(path), len(extra)) + path + extra


def _dos_time(moment: datetime) -> bytes:
    year = min(max(moment.year, 1980), 2107)
    day = (year - 1980) << 9 | moment.month << 5 | moment.day
    return struct.pack("<HH", moment.hour << 11 | moment.minute << 5 | moment.second // 2, day)


class Names:
    """Names that were given inside each folder: no two that any system takes for the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, folder: str, name: str) -> str:
        """The path of this name in this folder ("" or one with a slash at its end), with a number where it is taken."""
        stem, dot, ending = name.rpartition(".")
        if not stem:
            stem, dot, ending = name, "", ""
        path, number = folder + name, 1
        while path.casefold() in self._taken:
            number += 1
            path = f"{folder}{stem} ({number}){dot}{ending}"
        self._taken.add(path.casefold())
        return path
