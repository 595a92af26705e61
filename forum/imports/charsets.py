"""Bytes of old mail to words, whatever the mail says about them.

Declarations lie: UTF-8 is called Latin 1, Greek is called nothing at all. So what the bytes can be
counts before what is declared. Words that came through as UTF-8 hardly ever do so by accident.
"""

import codecs

_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_kr", "hz", "utf-7"})
_MULTI_BYTE = ("gb", "big5", "cp932", "cp936", "cp949", "cp950", "shift", "euc", "utf-16", "utf-32", "johab")
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-7": "cp1253",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}  # fmt: skip
"""Charsets that are declared where their larger relative is meant, once the first has failed."""

_COMMONEST = {
    "cp1253": "αοιετσνηυρκπςίμλάόέή",
    "cp1251": "оеаинтсрвлкмдпуяыьгз",
    "koi8-r": "оеаинтсрвлкмдпуяыьгз",
}
"""The commonest letters of languages whose words are nearly all bytes above 127."""


def decode_bytes(raw: bytes, declared: str | None = None) -> str:
    """The words in `raw`, which is said to be in the charset `declared`; never fails.

    Tried in order: a declared charset of seven bits or several bytes, UTF-8, the declared charset, then
    what the bytes look like, then Windows-1252 with a mark for each byte that it does not know.
    """
    codec = known_codec(declared)
    if codec in _SEVEN_BIT or (codec and codec.startswith(_MULTI_BYTE)):
        words = _strict(raw, codec)
        if words is not None:
            return words
    if raw.isascii():
        return raw.decode("ascii")
    words = _strict(raw, "utf-8-sig")
    if words is not None:
        return words
    if _nearly_utf8(raw):
        return raw.decode("utf-8-sig", "replace")
    return _decode_eight_bit(raw, codec)


def known_codec(name: str | None) -> str | None:
    """Python's name of a charset, or None for one that is missing or unknown."""
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip(" \t\"'").split("*")[0])
    except (LookupError, ValueError):
        return None
    # base64, rot13 and the like are codecs too, but no charsets.
    return codec.name if getattr(codec, "_is_text_encoding", True) else None


def _decode_eight_bit(raw: bytes, codec: str | None) -> str:
    if codec in {None, "ascii", "iso8859-1", "cp1252", "utf-8"}:
        codec = _guess_dense(raw) or codec
    elif codec == "iso8859-7" and any(0x80 <= byte < 0xA0 for byte in raw):
        codec = "cp1253"
    candidates = [codec, "cp1252"]
    if codec in _WIDER:
        candidates = [_WIDER[codec], codec] if codec in {"iso8859-1", "ascii"} else [codec, _WIDER[codec], "cp1252"]
    for candidate in candidates:
        words = _strict(raw, candidate)
        if words is not None:
            return words
    if codec and codec != "ascii" and _mostly(raw, codec):
        return raw.decode(codec, "replace")
    return raw.decode("cp1252", "replace")


def _strict(raw: bytes, codec: str | None) -> str | None:
    try:
        return raw.decode(codec) if codec else None
    except (UnicodeError, LookupError, ValueError):
        return None


def _nearly_utf8(raw: bytes) -> bool:
    """Whether it is UTF-8 but for a byte here and there, broken on the way."""
    words = raw.decode("utf-8", "replace")
    broken = words.count("\N{REPLACEMENT CHARACTER}")
    return broken * 10 < sum(1 for letter in words if letter > "\x7f")


def _mostly(raw: bytes, codec: str) -> bool:
    """Whether a charset reads all but a little of the bytes: a few are often broken on the way."""
    return raw.decode(codec, "replace").count("\N{REPLACEMENT CHARACTER}") * 20 < len(raw)


def _guess_dense(raw: bytes) -> str | None:
    """The charset of a text whose letters are mostly above 127, by its commonest letters; None for other texts."""
    high = bytes(byte for byte in raw if byte >= 0xA0)
    low = sum(1 for byte in raw if 65 <= byte <= 90 or 97 <= byte <= 122)
    if len(high) < 4 or len(high) * 3 < low:
        return None
    best, best_share = None, 0.55
    for codec, letters in _COMMONEST.items():
        share = sum(1 for letter in high.decode(codec, "replace") if letter in letters) / len(high)
        if share > best_share:
            best, best_share = codec, share
    return best
