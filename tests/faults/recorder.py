"""What a run leaves behind: every call, every frame, every step of every reader. Append-only, in memory.

Times are of this machine's monotonic clock, in seconds. Nothing here knows the server.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MARK = re.compile(r"mark[0-9a-f]{16}")
"""A word that stands in what one act wrote, and nowhere else."""
CANARY = re.compile(r"canary[0-9a-f]{16}")
"""A word that stands in everything that is written in one closed network, and nowhere else."""

_words: dict[tuple[str, ...], frozenset[str]] = {}


def canaries_in(text: str) -> frozenset[str]:
    """The canary words in it; the same object each time, for there are hundreds of thousands of frames."""
    found = tuple(CANARY.findall(text))
    return _words.setdefault(found, frozenset(found))


Known = dict[str, int]
"""Posts that somebody holds, each with its version."""


@dataclass(frozen=True, slots=True)
class Call:
    """One try of one act over HTTP, with its answer or its lack of one."""

    kind: str
    """post, thread, edit, remove, join, leave, admit, expel, read or probe."""
    who: str
    key: str
    """The same for all tries of one act."""
    started: float
    ended: float
    status: int | None
    """None: no answer came, which means unknown."""
    network: str
    target: str = ""
    """The thread, post or account that is acted upon."""
    mark: str = ""
    made: str = ""
    """The id in the answer."""
    told: tuple[Any, ...] = ()
    """What of the answer may never change: the same key must be told the same."""
    canaries: frozenset[str] = frozenset()

    @property
    def is_acknowledged(self) -> bool:
        """Whether it was answered with success."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_unknown(self) -> bool:
        """Whether it may or may not have happened."""
        return self.status is None or self.status >= 500


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came, or one event of a `range`. `seq` is 0 where it is no event."""

    who: str
    connection: int
    at: float
    type: str
    size: int
    stream: str = ""
    seq: int = 0
    kind: str = ""
    object_id: str = ""
    """Empty where the object is gone or tells no id; of presence the thread."""
    canaries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Range:
    """The answer to one `fetch`: which numbers came after `after`."""

    who: str
    at: float
    stream: str
    after: int
    seqs: tuple[int, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A reader's place in a stream began at `seq`, or ended (`why` is "ended").

    `why`: welcome, subscribed, loaded, or the reason of a resync such as "resync: epoch".
    """

    who: str
    at: float
    stream: str
    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A reader applied one event by the client's rules."""

    who: str
    at: float
    stream: str
    seq: int


@dataclass(frozen=True, slots=True)
class Link:
    """A connection was welcomed (`code` is None) or has ended."""

    who: str
    connection: int
    at: float
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a reader stood when all was over."""

    who: str
    is_live: bool
    places: dict[str, int]
    known: dict[str, Known]
    """By network."""


@dataclass(frozen=True, slots=True)
class Stall:
    """The recorder itself stood still: what came meanwhile was seen only afterwards."""

    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Note:
    """What the scenario did, for whoever reads the dump."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """How things stood before anything happened."""

    closed: frozenset[str]
    """Networks that only members may read."""
    canaries: dict[str, str]
    """The network of each canary word."""
    members: frozenset[tuple[str, str]]
    """Network and account."""
    posts: frozenset[str]


Step = Placed | Applied
Entry = Call | Frame | Range | Placed | Applied | Link | Standing | Stall | Note


@dataclass(slots=True)
class Log:
    """All of one run. The lists are in the order in which things were seen."""

    setting: Setting
    calls: list[Call] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    stalls: list[Stall] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def stood_still(self, since: float, until: float) -> float:
        """For how many seconds between these moments the recorder itself stood still."""
        return sum(max(0.0, min(until, each.until) - max(since, each.since)) for each in self.stalls)

    def entries(self) -> Iterator[Entry]:
        """Everything, list after list."""
        yield from self.notes
        yield from self.stalls
        yield from self.calls
        yield from self.links
        yield from self.frames
        yield from self.ranges
        yield from self.steps
        yield from self.standings

    def dump(self, path: Path) -> None:
        """Write everything as JSON lines, for reading after a failure."""
        with path.open("w") as file:
            file.write(json.dumps({"entry": "Setting", **asdict(self.setting)}, default=sorted) + "\n")
            for entry in self.entries():
                file.write(json.dumps({"entry": type(entry).__name__, **asdict(entry)}, default=sorted) + "\n")


# -- The database when all was over ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredPost:
    """One row of `posts`, with what its earlier versions said."""

    id: str
    thread_id: str
    network_id: str
    number: int
    author_id: str
    version: int
    is_removed: bool
    marks: dict[str, list[int]]
    """The versions that carry each mark."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row of `events`. `age`: seconds from its writing to the reading of the database."""

    stream: str
    seq: int
    kind: str
    object_id: str
    object_version: int
    age: float


@dataclass(frozen=True, slots=True)
class StoredMembership:
    """One row of `memberships`."""

    id: str
    network_id: str
    account_id: str
    role: str
    status: str
    is_current: bool
    was_active: bool
    ended_by: str


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """One row of `requests`."""

    account_id: str
    path: str
    key: str
    object_id: str


@dataclass(slots=True)
class Stored:
    """What the laws need of the database, read in one snapshot."""

    heads: dict[str, int]
    events: dict[str, list[StoredEvent]]
    """By stream, in the order of their numbers."""
    posts: dict[str, StoredPost]
    threads: dict[str, str]
    """The network of each thread."""
    memberships: dict[str, StoredMembership]
    requests: list[StoredRequest]

    def streams_of(self, account_id: str) -> set[str]:
        """The streams that somebody hears by what the memberships say."""
        heard = {f"account:{account_id}"}
        for membership in self.memberships.values():
            if membership.account_id == account_id and membership.is_current and membership.status == "active":
                heard.add(f"network:{membership.network_id}")
                if membership.role != "member":
                    heard.add(f"moderators:{membership.network_id}")
        return heard & self.heads.keys()
