"""Links: which addresses are allowed, bare addresses made into links, and pictures made into links.

A picture from elsewhere would tell its server who reads here and when, so it is never loaded: the
reader gets a link with the picture's description.
"""

import re
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as link_rule
from markdown_it.token import Token

from forum.text.sanitising import LINK_SCHEMES

_ADDRESS = re.compile(r"[^\s<>\"`\x00-\x20]+")
_HOST = re.compile(r"//[^\s/?#\\]*\w")
_BARE = re.compile(
    r"(?<![\w@./-])www\.(?=[\w-]+\.\w)[^\s<>\"`]+|(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-z]{2,24}\b", re.I
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TRAILING = ".,;:!?'\"*_~’”»"


def install_links(parser: MarkdownIt) -> None:
    """Sets the allowed addresses of a parser and its own rules for pictures and for bare addresses."""
    parser.validateLink = is_allowed  # type: ignore[method-assign]
    normalise = parser.normalizeLink
    parser.normalizeLink = lambda url: normalise(with_scheme(url))  # type: ignore[method-assign]
    parser.inline.ruler.at("image", _picture)
    parser.inline.ruler.before("link", "bare_address", _bare_address)


def is_allowed(url: str) -> bool:
    """Whether a link may lead there: http, https, mailto, a path of this site, or a place on this page."""
    scheme = _SCHEME.match(url)
    if scheme:
        name = scheme.group()[:-1].lower()
        return name == "mailto" or (name in LINK_SCHEMES and bool(_HOST.match(url, scheme.end())))
    return url.startswith("#") or (url.startswith("/") and not url.startswith(("//", "/\\")))


def with_scheme(url: str) -> str:
    """The address with https:// before a bare "www."."""
    return f"https://{url}" if url[:4].lower() == "www." else url


def trim_address(address: str) -> str:
    """An address found in running text without the full stop, bracket or quotation mark that follows it."""
    end = len(address)
    surplus = {bracket: address.count(bracket) - address.count(opening) for opening, bracket in ("()", "[]", "{}")}
    while end:
        last = address[end - 1]
        if last in _TRAILING:
            end -= 1
        elif surplus.get(last, 0) > 0:
            surplus[last] -= 1
            end -= 1
        else:
            break
    return address[:end]


def find_addresses(text: str) -> list[tuple[int, int, str]]:
    """Where bare "www." and e-mail addresses stand in a text: (start, end, where the link leads)."""
    if "@" not in text and "www." not in text.lower():
        return []
    found = []
    for match in _BARE.finditer(text):
        address = trim_address(match.group())
        leads_to = with_scheme(address) if address[:4].lower() == "www." else f"mailto:{address}"
        found.append((match.start(), match.start() + len(address), leads_to))
    return found


def link_tokens(leads_to: str, words: str) -> list[Token]:
    """A link as the three tokens that the renderer expects."""
    return [
        Token("link_open", "a", 1, attrs={"href": leads_to}, markup="linkify", info="auto"),
        Token("text", "", 0, content=words),
        Token("link_close", "a", -1, markup="linkify", info="auto"),
    ]


def host_of(url: str) -> str:
    """The host an address leads to, or the address itself."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _picture(state: StateInline, silent: bool) -> bool:
    """``![words](address)``: the same as a link; what is in it is seen to when links are finished."""
    if not state.src.startswith("![", state.pos):
        return False
    start, opened = state.pos, len(state.tokens)
    state.pos += 1
    if not link_rule(state, silent):
        state.pos = start
        return False
    if not silent:
        state.tokens[opened + (1 if state.tokens[opened].type == "text" else 0)].meta["picture"] = True
    return True


def _bare_address(state: StateInline, silent: bool) -> bool:
    """``https://…`` in running text, found before its underscores and stars could be taken for italics."""
    position = state.pos
    if state.linkLevel or not state.src.startswith("://", position):
        return False
    before = state.src[max(0, position - 5) : position].lower()
    scheme = "https" if before.endswith("https") else "http" if before.endswith("http") else ""
    start = position - len(scheme)
    if not scheme or (start and (state.src[start - 1].isalnum() or state.src[start - 1] == "_")):
        return False
    match = _ADDRESS.match(state.src, start, state.posMax)
    address = trim_address(match.group()) if match else ""
    if not _HOST.match(address, len(scheme) + 1):
        return False
    if not silent:
        if not state.pending.endswith(state.src[start:position]):
            return False
        href = state.md.normalizeLink(address)
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": href}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos = start + len(address)
    return True
