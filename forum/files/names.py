"""Names of files, as people bring them and as they are given back: nothing in them may lead anywhere or deceive."""

import re
import unicodedata
from urllib.parse import quote

LONGEST_NAME = 200
NAMELESS = "file"
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
"""What Windows takes for a device, whatever stands behind its dot."""
_UNSAFE = re.compile(r'[<>:"|?*]')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ()\[\]._,+=@#&!-]")


def clean_name(text: str) -> str:
    """The name as it can be kept and given to any system: without folders, without what can't be seen.

    Signs that turn the direction of writing are gone: "cod.exe" must not read "exe.doc". Never empty.
    """
    name = unicodedata.normalize("NFC", text[: 20 * LONGEST_NAME])
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(each for each in name if not _is_unseen(each))
    name = _UNSAFE.sub("_", re.sub(r"\s+", " ", name)).strip(" .")
    if _RESERVED.fullmatch(name.partition(".")[0].strip()):
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def earlier_name(name: str, number: int) -> str:
    """The name of an earlier version: beside the newest in the same folder nobody takes one for the other."""
    stem, dot, end = name.rpartition(".")
    if not stem or len(end) > 20:
        stem, dot, end = name, "", ""
    said = f" (version {number}){dot}{end}"
    room = LONGEST_NAME - len(said.encode())
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip(' .')}{said}"


def _is_unseen(character: str) -> bool:
    """Controls, marks of direction, and halves of characters; but joiners belong to how some scripts are written."""
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Co", "Cn") or (category == "Cf" and character not in "\u200c\u200d")


def _shortened(name: str) -> str:
    """At most so many bytes as every system takes, with the end that says what it is."""
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > 20:
        stem, dot, end = name, "", ""
    room = LONGEST_NAME - len(f"{dot}{end}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip(' .')}{dot}{end}"


def disposition(name: str, *, inline: bool = False) -> str:
    """`Content-Disposition` (RFC 6266): the name in any script, and a plain one for who can't read that."""
    kind, name = "inline" if inline else "attachment", clean_name(name)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = _NOT_PLAIN.sub("_", plain).rstrip(" .").lstrip()
    if not plain.partition(".")[0]:
        plain = NAMELESS + plain
    shown = f'{kind}; filename="{plain}"'
    return shown if plain == name else f"{shown}; filename*=UTF-8''{quote(name, safe='')}"
