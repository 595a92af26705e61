"""XML piece by piece: only the elements asked for are ever held, and nothing that a document type could bring in.

No document type is taken at all, so there are no entities to blow up and no addresses to follow. Names are without
their namespaces: those of Office differ between its two standards, and what matters does not clash.
"""

from collections.abc import Collection, Iterator
from typing import Any, Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from previews.limits import Limits
from previews.parts import Refused, Why

_CHUNK = 1 << 16
_MOST_ELEMENTS = 400_000
"""In one piece: a table of ten thousand rows. Each takes some 200 bytes."""


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def read_elements(
    stream: Readable,
    limits: Limits,
    wanted: Collection[str],
    opened: Collection[str] = (),
    skipped: Collection[str] = (),
) -> Iterator[Element]:
    """Each outermost wanted element, whole; each opened one without its content, when it begins.

    What lies in a skipped element does not count. Raises Refused.
    """
    reader = _Reader(limits, frozenset(wanted), frozenset(opened), frozenset(skipped))
    while chunk := stream.read(_CHUNK):
        reader.feed(chunk, False)
        yield from reader.take()
    reader.feed(b"", True)
    yield from reader.take()


def attribute(element: Element, name: str, otherwise: str = "") -> str:
    """The value of an attribute, whatever its namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return otherwise


def relation(element: Element) -> str:
    """The id of the part that an element of Office names: `r:id`, which may stand beside another id."""
    return next((value for key, value in element.attrib.items() if key.endswith("elationships}id")), "")


class _Reader:
    def __init__(self, limits: Limits, wanted: frozenset[str], opened: frozenset[str], skipped: frozenset[str]) -> None:
        self._limits = limits
        self._wanted, self._opened, self._skipped = wanted, opened, skipped
        self._depth = self._skipping = self._building = self._count = 0
        self._builder = TreeBuilder()
        self._found: list[Element] = []
        self._parser: Any = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def feed(self, chunk: bytes, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: an encoding that is none
            raise Refused(Why.BROKEN) from error

    def take(self) -> list[Element]:
        found, self._found = self._found, []
        return found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limits.depth:
            raise Refused(Why.BOMB)
        name = tag.rpartition("}")[2]
        if self._skipping or name in self._skipped:
            self._skipping += 1
        elif self._building or name in self._wanted:
            if not self._building:
                self._builder, self._building, self._count = TreeBuilder(), self._depth, 0
            self._count += 1
            if self._count > _MOST_ELEMENTS:
                raise Refused(Why.TOO_LARGE)
            self._builder.start(name, attributes)
        elif name in self._opened:
            self._found.append(Element(name, attributes))

    def _end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif self._building:
            self._builder.end(tag.rpartition("}")[2])
            if self._building == self._depth:
                self._found.append(self._builder.close())
                self._building = 0
        self._depth -= 1

    def _data(self, text: str) -> None:
        if self._building and not self._skipping:
            self._builder.data(text)

    def _refuse(self, *_: object) -> None:
        raise Refused(Why.DOCUMENT_TYPE)
