"""The one sanitiser: whatever made the HTML, only what is listed here leaves this package.

Our own renderers cannot make anything else, as far as we know; this is for what we do not know.
"""

import nh3

from forum.text.highlighting import CLASSES, LANGUAGES

LINK_REL = "nofollow noopener noreferrer ugc"
LINK_SCHEMES = frozenset({"http", "https", "mailto"})

_WORDS = ("a", "br", "code", "em", "s", "span", "strong")
_BLOCKS = ("blockquote", "details", "div", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "ul")
_TABLES = ("table", "tbody", "td", "th", "thead", "tr")
_CELL_CLASSES = {"align-left", "align-center", "align-right"}

_CLEANER = nh3.Cleaner(
    tags={*_WORDS, *_BLOCKS, *_TABLES},
    clean_content_tags={"script", "style"},
    attributes={
        "a": {"href"},
        "div": {"tabindex", "role", "aria-label"},
        "ol": {"start"},
        "pre": {"tabindex"},
        "span": {"role", "aria-label"},
    },
    allowed_classes={
        "a": {"mention"},
        "code": {f"language-{name}" for name in LANGUAGES.values()},
        "details": {"quoted"},
        "div": {"table-scroll", "letter", "signature"},
        "li": {"task-list-item"},
        "pre": {"aligned"},
        "span": set(CLASSES) | {"task"},
        "td": _CELL_CLASSES,
        "th": _CELL_CLASSES,
    },
    link_rel=LINK_REL,
    url_schemes=set(LINK_SCHEMES),
    strip_comments=True,
)

_READER = nh3.Cleaner(
    tags={*_WORDS, *_BLOCKS, *_TABLES, "h1"},
    clean_content_tags={"script", "style", "title", "template", "head"},
    attributes={"a": {"href"}},
    url_schemes=set(LINK_SCHEMES),
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """The HTML with every element, attribute, class and address that is not on the list taken out."""
    return _CLEANER.clean(html)


def well_formed(html: str) -> str:
    """Anybody's HTML as well-formed markup without scripts and styles, to read the words of; not for showing."""
    return _READER.clean(html)
