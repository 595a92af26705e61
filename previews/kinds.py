"""What kind of file it is, by its bytes; a name decides only between kinds of text."""

import re
import struct
from typing import BinaryIO

from previews.parts import Refused, Why

_HEAD = 4_096
_TAIL = 66_000
"""The end of an archive: 22 bytes and a comment of at most 65,535."""

_AUDIO = re.compile(
    rb"ID3|\xff[\xfb\xf3\xf2]|fLaC|RIFF....WAVE|OggS.{24}(?:\x01vorbis|OpusHead)|....ftypM4A", re.DOTALL
)
_VIDEO = re.compile(rb"....ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V|dash|qt  )|\x1a\x45\xdf\xa3|OggS", re.DOTALL)
_IMAGE = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|II\*\0|MM\0\*|BM.{4}\0{4}.{4}[\x0c\x28\x40\x6c\x7c]\0\0\0",
    re.S,
)
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+(?:html|svg)|html|head|body|script|svg|[\w.-]+:svg"
    rb"|iframe|xsl:|[a-z][^>]*\sxmlns\s*=\s*[\"']http://www\.w3\.org/(?:1999/xhtml|2000/svg))",
    re.I | re.S,
)
_FORGIVEN = 1_024
"""Bytes that may stand before a PDF begins."""
_SECTORS = 1 << 20
_LOCKED_PART = "EncryptedPackage".encode("utf-16-le")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES = {"md": "markdown", "markdown": "markdown", "csv": "table", "tsv": "table", "tab": "table"}
SUFFIXES = frozenset(_SUFFIXES)
_END = struct.Struct("<4s4H2LH")


def find_kind(file: BinaryIO, suffix: str) -> str:
    """ "archive" for what is zipped, else one of `parts.KINDS`. Raises Refused for what is never shown."""
    head = file.read(_HEAD)
    if not head:
        raise Refused(Why.EMPTY)
    kind = _by_bytes(head)
    if kind not in ("archive", "text") and find_end(file) is not None:
        raise Refused(Why.TWO_KINDS)
    if kind not in ("pdf", "text") and b"%PDF-" in head[:_FORGIVEN]:
        raise Refused(Why.TWO_KINDS)
    if kind == "old_office":
        raise Refused(Why.LOCKED if _is_encrypted(file) else Why.OLD_OFFICE)
    return _SUFFIXES.get(suffix, kind) if kind == "text" else kind


def _by_bytes(head: bytes) -> str:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "archive"
    if _IMAGE.match(head):
        return "image"
    if head.startswith(_OLD_OFFICE):
        return "old_office"
    for kind, beginning in (("audio", _AUDIO), ("video", _VIDEO)):
        if beginning.match(head):
            return kind
    if _WEB_PAGE.match(head) or _WEB_PAGE.match(_narrow(head)):
        raise Refused(Why.WEB_PAGE)
    before, is_pdf, _ = head[:_FORGIVEN].partition(b"%PDF-")
    if is_pdf and not before.strip(b"\xef\xbb\xbf \t\r\n\0"):
        return "pdf"
    if not _looks_like_text(head):
        raise Refused(Why.TWO_KINDS if is_pdf else Why.UNKNOWN)
    return "text"


def _narrow(head: bytes) -> bytes:
    """The beginning of UTF-16 as bytes that patterns see."""
    return head.replace(b"\0", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")


def _looks_like_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head)


def _is_encrypted(file: BinaryIO) -> bool:
    """Whether a file of Office in the old wrapping is a new one behind a password: its list of parts says so."""
    file.seek(0)
    while chunk := file.read(_SECTORS):
        if _LOCKED_PART in chunk:
            return True
    return False


def find_end(file: BinaryIO) -> tuple[int, int] | None:
    """How many entries the archive at the end of this file has, and how many bytes their list; None for no archive."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        if len(tail) - place >= _END.size:
            _, _, _, _, entries, listed, _, comment = _END.unpack_from(tail, place)
            if place + _END.size + comment == len(tail):
                return entries, listed
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return None
