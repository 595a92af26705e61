"""Pictures without what cameras and programs wrote into them: where and when they were taken, by whom, with what.

What makes the picture is copied as it is, piece by piece and of any length; nothing is drawn anew, so that nothing of
its quality is lost. What stays besides is how the camera was held and the colour profile. What is of no known kind in
a picture is left out, and so is what follows its end.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

_ORIENTATION = 0x0112
_PNG = b"\x89PNG\r\n\x1a\n"
_OF_PNG = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs hIST acTL fcTL fdAT cICP mDCV cLLI".split()
)
_OF_WEBP = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_EXIF_AND_XMP = 0x0C
"""Of a WebP's flags."""
_MARKER = re.compile(rb"\xff++([^\x00\xff\xd0-\xd7])")
_MARKER_IN_PIXELS = re.compile(rb"(?<!\xff)\xff++([^\x00\xff\xd0-\xd7])")
"""What ends the pixels of a JPEG; begun where a run of such bytes does, for otherwise the time is the square of it."""
_FILLING = re.compile(rb"\xff*+")
_PART = 1 << 20
"""So much of a picture is looked through at once: nothing else runs meanwhile in this process."""
_REPEATS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_ERRORS = (IndexError, struct.error, ValueError)

Pieces = Iterator[bytes | memoryview]


class NotBared(Exception):
    """It is not built as pictures of its kind are."""


def bare(source: BinaryIO, target: BinaryIO, media_type: str) -> None:
    """Write the picture to `target` without what is not part of it. Raises NotBared."""
    cut = _CUTS.get(media_type)
    if cut is None:
        raise NotBared
    try:
        with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole, memoryview(whole) as data:
            for piece in cut(whole, data):
                target.write(piece)
                if isinstance(piece, memoryview):
                    piece.release()
    except _ERRORS as error:
        raise NotBared from error


# -- JPEG --------------------------------------------------------------------------------------------


def _jpeg(whole: mmap.mmap, data: memoryview) -> Pieces:
    _demand(whole[:2] == b"\xff\xd8")
    yield b"\xff\xd8"
    place, turned = 2, _turned_jpeg(whole)
    if turned != 1:
        told = b"Exif\x00\x00" + _exif(turned)
        yield b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told
    while True:
        found = _MARKER.match(whole, place)
        if found is None:
            raise NotBared
        marker, place = found[1][0], found.end()
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        length = struct.unpack_from(">H", whole, place)[0]
        _demand(length >= 2 and place + length <= len(whole))
        kept = _kept_of_jpeg(marker, whole[place + 2 : place + length])
        if kept is not None:
            yield bytes((0xFF, marker)) + struct.pack(">H", len(kept) + 2) + kept
        place += length
        if marker == 0xDA:
            ends = _end_of_pixels(whole, place)
            stops = ends.start() if ends else len(whole)
            yield data[place:stops]
            if ends is None:
                return  # it was never finished, and is shown as far as it goes
            place = stops


def _end_of_pixels(whole: mmap.mmap, place: int) -> re.Match[bytes] | None:
    while place < len(whole):
        filled = _FILLING.match(whole, min(place + _PART, len(whole)))
        part = (filled.end() if filled else len(whole)) + 1
        found = _MARKER_IN_PIXELS.search(whole, place, part)
        if found is not None:
            return found
        place = part
    return None


def _kept_of_jpeg(marker: int, said: bytes) -> bytes | None:
    """What stays of a part; None where nothing does."""
    if 0xC0 <= marker <= 0xCF or marker in (0xDA, 0xDB, 0xDC, 0xDD):
        return said
    if marker == 0xE0 and said.startswith(b"JFIF\x00"):
        return said[:12].ljust(12, b"\x00") + b"\x00\x00"  # without its small copy of the picture
    if (marker == 0xE2 and said.startswith(b"ICC_PROFILE\x00")) or (marker == 0xEE and said.startswith(b"Adobe")):
        return said
    _demand(marker == 0xFE or 0xE0 <= marker <= 0xEF)
    return None


def _turned_jpeg(whole: mmap.mmap) -> int:
    place = 2
    while (found := _MARKER.match(whole, place)) and found[1][0] not in (0xD9, 0xDA):
        place = found.end()
        length = struct.unpack_from(">H", whole, place)[0]
        if found[1][0] == 0xE1 and whole[place + 2 : place + 8] == b"Exif\x00\x00":
            return _orientation(whole[place + 8 : place + length])
        place += max(length, 2)
    return 1


# -- How the camera was held -------------------------------------------------------------------------


def _orientation(exif: bytes) -> int:
    """One to eight; one where it is not said."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None or len(exif) < 14:
        return 1
    begins = struct.unpack_from(order + "I", exif, 4)[0]
    if begins + 2 > len(exif):
        return 1
    for number in range(struct.unpack_from(order + "H", exif, begins)[0]):
        place = begins + 2 + number * 12
        if place + 12 > len(exif):
            break
        tag, kind = struct.unpack_from(order + "HH", exif, place)
        if tag == _ORIENTATION and kind == 3:
            turned: int = struct.unpack_from(order + "H", exif, place + 8)[0]
            return turned if 1 <= turned <= 8 else 1
    return 1


def _exif(turned: int) -> bytes:
    """Just that, as EXIF."""
    return b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


# -- PNG ---------------------------------------------------------------------------------------------


def _png(whole: mmap.mmap, data: memoryview) -> Pieces:
    _demand(whole[:8] == _PNG)
    yield _PNG
    place = 8
    while True:
        length, kind = struct.unpack_from(">I4s", whole, place)
        ends = place + length + 12
        _demand(ends <= len(whole))
        if kind in _OF_PNG:
            yield data[place:ends]
        elif kind == b"eXIf" and (turned := _orientation(whole[place + 8 : place + 8 + length])) != 1:
            told = b"eXIf" + _exif(turned)
            yield struct.pack(">I", len(told) - 4) + told + struct.pack(">I", zlib.crc32(told))
        if kind == b"IEND":
            return
        place = ends


# -- WebP --------------------------------------------------------------------------------------------


def _webp(whole: mmap.mmap, data: memoryview) -> Pieces:
    _demand(whole[:4] == b"RIFF" and whole[8:12] == b"WEBP")
    ends = min(len(whole), 8 + struct.unpack_from("<I", whole, 4)[0])
    chunks, place, turned = list[tuple[bytes, int, int]](), 12, 1
    while place + 8 <= ends:
        kind, length = struct.unpack_from("<4sI", whole, place)
        after = place + 8 + length + length % 2
        _demand(place + 8 + length <= len(whole))
        if kind in _OF_WEBP:
            chunks.append((kind, place, min(after, len(whole))))
        elif kind == b"EXIF":
            turned = _orientation(whole[place + 8 : place + 8 + length].removeprefix(b"Exif\x00\x00"))
        place = after
    _demand(bool(chunks))
    extended = chunks[0][0] == b"VP8X"
    told = b"EXIF" + struct.pack("<I", 26) + _exif(turned) if turned != 1 and extended else b""
    yield b"RIFF" + struct.pack("<I", 4 + sum(stop - start for _, start, stop in chunks) + len(told)) + b"WEBP"
    for kind, start, stop in chunks:
        if kind == b"VP8X":
            flags = whole[start + 8] & ~_EXIF_AND_XMP | (0x08 if told else 0)
            yield whole[start : start + 8] + bytes((flags,)) + whole[start + 9 : stop]
        else:
            yield data[start:stop]
    yield told


# -- GIF and BMP -------------------------------------------------------------------------------------


def _gif(whole: mmap.mmap, data: memoryview) -> Pieces:
    _demand(whole[:6] in (b"GIF87a", b"GIF89a"))
    place = 13 + _colours(whole[10])
    yield data[:place]
    while True:
        start, kind = place, whole[place]
        if kind == 0x3B:
            yield b"\x3b"
            return
        if kind == 0x21:
            label, place = whole[place + 1], place + 2
            stays = label == 0xF9 or (label == 0xFF and whole[place + 1 : place + 12] in _REPEATS)
        else:
            _demand(kind == 0x2C)
            place, stays = place + 11 + _colours(whole[place + 9]), True
        while whole[place]:
            place += 1 + whole[place]
        place += 1
        _demand(place <= len(whole))
        if stays:
            yield data[start:place]


def _colours(packed: int) -> int:
    """How many bytes a table of colours has, by what is said before it."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _bmp(whole: mmap.mmap, data: memoryview) -> Pieces:
    """It has no place for anything else, but for what follows its end."""
    size = struct.unpack_from("<I", whole, 2)[0]
    yield data[: size if 26 < size <= len(whole) else len(whole)]


def _demand(holds: bool) -> None:
    if not holds:
        raise NotBared


_CUTS: dict[str, Callable[[mmap.mmap, memoryview], Pieces]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
    "image/bmp": _bmp,
}
PHOTOS = frozenset((*_CUTS, "image/tiff", "image/heic", "image/avif"))
"""Kinds of pictures that cameras make, and that can hold such things."""
NEVER_BARED = frozenset(("image/heic", "image/avif"))
"""Those that can neither be shown here nor be bared."""
