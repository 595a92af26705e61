"""What a tus client says in headers, made into valid values."""

import base64
import binascii
import re
from dataclasses import dataclass

from starlette.datastructures import Headers

from forum.errors import Invalid, WrongProtocol, WrongType
from forum.files.names import clean_name

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
CHECKSUMS = {"md5": 16, "sha1": 20, "sha256": 32}
"""What the checksum of a part may be made by, and its length."""
_NUMBER = re.compile(r"[0-9]{1,18}")
_KEY = re.compile(r"[!-+\--~]{1,100}")
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Wish:
    """A file that somebody is about to send."""

    size: int
    name: str
    network: str
    """The last part of its network's address; empty where it belongs to none."""


def check_version(headers: Headers) -> None:
    """Raises WrongProtocol where the client speaks another version, or not tus at all."""
    if headers.get("tus-resumable") != VERSION:
        raise WrongProtocol(f"Send files by tus {VERSION}, with the header Tus-Resumable.")


def check_type(headers: Headers) -> None:
    """Raises WrongType where the body is not what tus sends."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise WrongType(f"Send the bytes with the content type {CONTENT_TYPE}.")


def read_number(headers: Headers, name: str) -> int:
    """A number of bytes. Raises Invalid."""
    value = headers.get(name, "")
    if not _NUMBER.fullmatch(value):
        raise Invalid({name: "Send a number of bytes in this header."})
    return int(value)


def read_wish(headers: Headers) -> Wish:
    """What is about to come. Raises Invalid."""
    if "upload-defer-length" in headers:
        raise Invalid({"Upload-Defer-Length": "Say in Upload-Length how many bytes the file has."})
    told = _read_metadata(headers.get("upload-metadata", ""))
    return Wish(read_number(headers, "Upload-Length"), clean_name(told.get("filename", "")), told.get("network", ""))


def _read_metadata(header: str) -> dict[str, str]:
    if len(header) > _LONGEST:
        raise _wrong_metadata()
    told: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _, value = pair.partition(" ")
        if key in told or not _KEY.fullmatch(key):
            raise _wrong_metadata()
        told[key] = _decoded(value)
    return told


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _wrong_metadata() from error


def _wrong_metadata() -> Invalid:
    return Invalid({"Upload-Metadata": "Send names once each, each with its value in UTF-8 and base64."})


def read_checksum(headers: Headers) -> tuple[str, bytes] | None:
    """How the checksum of this part is made, and which it is; None without one. Raises Invalid."""
    header = headers.get("upload-checksum")
    if header is None:
        return None
    name, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if CHECKSUMS.get(name) != len(digest):
        known = ", ".join(CHECKSUMS)
        raise Invalid({"Upload-Checksum": f"Send one of {known}, a space, and the checksum in base64."})
    return name, digest
