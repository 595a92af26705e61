"""The figures to reach, and the lines that say what was measured beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.servers.shapes import SQLITE_MEMORY

Unit = Literal["of plaintext", "of its rate", "ms", "s", "MB", "KB", "times"]

SQLITE_SHARE = 0.6
"""What SQLite is to reach of each rate."""


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to reach: at least so much of the plaintext rate, or at most so much of anything else."""

    value: float
    unit: Unit

    def is_reached(self, measured: float) -> bool:
        """Whether a measured value is good enough."""
        return measured >= self.value if self.unit.startswith("of ") else measured <= self.value

    def words(self) -> str:
        """Such as "≥ 0.060"."""
        return f"≥ {self.value:.3f}" if self.unit.startswith("of ") else f"≤ {self.value:g} {self.unit}"


PLAINTEXT = "plaintext, what rates are shares of"
PAGE_SIGNED_IN = "thread page, 20 posts, signed in"
PAGE_GUEST = "thread page, 20 posts, guest"
PAGE_JSON = "the same as JSON, signed in"
PAGE_UNCHANGED = "304 of the page, signed in"
GUEST_UNCHANGED = "304 of the page, guest"
JSON_UNCHANGED = "304 of the JSON, signed in"
PAGE_COMPRESSED = "  the same compressed"
PAGE_EAGER = "  the same, member of 30 networks"
HOME = "home page, 30 networks, signed in"
NETWORK_PAGE = "network page, signed in"
PAGE_ALONE = "one thread page alone, p50"
REPLY_ALONE = "a reply alone, p50"
REPLIES = "replies, 8 at once"
FRAME_P50 = "POST's start to the frame, p50"
FRAME_P99 = "POST's start to the frame, p99"
MEMORY_IDLE = "memory of the process, idle"
MEMORY_LOADED = "memory of the process, after the load"
LONG_THREAD = "thread of 100,000 posts against 100"
LARGE_NETWORK = "network of 10,000 threads against 100"
SEARCH_P50 = "search over 100,000 posts, p50"
SEARCH_P99 = "search over 100,000 posts, p99"
SEARCH_GROWTH = "search over 100,000 posts against a tenth"
INDEXING = "  all of it made searchable"
UPLOAD = "upload of 100 MB against cp with fsync"
DOWNLOAD = "download of 100 MB against nginx"
UPLOADS_MEMORY = "memory that eight uploads at once take"
PDF_FOUND = "text of a 300-page PDF found after"
LIBRARY = "library of 5,000 documents against 50"
HTML_SIZE = "HTML of 20 posts"
JS_SIZE = "JavaScript in all, compressed"
CSS_SIZE = "CSS in all, compressed"

_TARGETS = {
    PAGE_SIGNED_IN: Target(0.06, "of plaintext"),
    PAGE_GUEST: Target(0.22, "of plaintext"),
    PAGE_JSON: Target(0.08, "of plaintext"),
    PAGE_UNCHANGED: Target(0.25, "of plaintext"),
    GUEST_UNCHANGED: Target(0.25, "of plaintext"),
    JSON_UNCHANGED: Target(0.25, "of plaintext"),
    HOME: Target(0.03, "of plaintext"),
    PAGE_ALONE: Target(5, "ms"),
    REPLY_ALONE: Target(8, "ms"),
    REPLIES: Target(0.03, "of plaintext"),
    FRAME_P50: Target(10, "ms"),
    FRAME_P99: Target(30, "ms"),
    MEMORY_LOADED: Target(110, "MB"),
    LONG_THREAD: Target(1.2, "times"),
    LARGE_NETWORK: Target(1.2, "times"),
    SEARCH_P50: Target(15, "ms"),
    SEARCH_P99: Target(60, "ms"),
    SEARCH_GROWTH: Target(2, "times"),
    UPLOAD: Target(0.5, "of its rate"),
    DOWNLOAD: Target(0.3, "of its rate"),
    UPLOADS_MEMORY: Target(30, "MB"),
    PDF_FOUND: Target(10, "s"),
    LIBRARY: Target(1.2, "times"),
    HTML_SIZE: Target(60, "KB"),
    JS_SIZE: Target(40, "KB"),
    CSS_SIZE: Target(40, "KB"),
}


def target_of(name: str, shape: str) -> Target | None:
    """What this figure is to reach in this shape; None where it is only told."""
    target = _TARGETS.get(name)
    if target and target.unit == "of plaintext" and shape == SQLITE_MEMORY:
        return Target(target.value * SQLITE_SHARE, target.unit)
    return target


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, in the words to print, and the machine's own limit beside it."""

    name: str
    target: Target | None
    value: float | None
    """None where it could not be measured; then `limit` says why."""
    measured: str
    limit: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether there is a target and it is reached."""
        return self.target is not None and self.value is not None and self.target.is_reached(self.value)

    @property
    def verdict(self) -> str:
        """`ok`, `MISS`, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "ok" if self.is_reached else "MISS"


def table(title: str, figures: Sequence[Figure]) -> str:
    """The figures under a title, one a line."""
    rows = [("", "measured", "target", "", "the machine's own limit")]
    rows += [
        (figure.name, figure.measured, figure.target.words() if figure.target else "", figure.verdict, figure.limit)
        for figure in figures
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    lines = ["  ".join([*map(str.ljust, row[:4], widths), row[4]]).rstrip() for row in rows]
    return "\n".join([title, *(f"  {line}" for line in lines)])


def closing(figures: Sequence[Figure]) -> str:
    """How many of the figures with a target were reached."""
    aimed = [figure for figure in figures if figure.target is not None]
    return f"{sum(figure.is_reached for figure in aimed)} of {len(aimed)} figures reached"
