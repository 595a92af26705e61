"""Documents with the words that stand inside them, for search and library: written as a worker left them."""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ground.columns import new_id
from tests.bench.words import rare_words, title, write

PAGES, MANY_PAGES = 4, 20
"""Of most documents, and of every twentieth."""
PAGE_LENGTH = 2_400
SHA256 = hashlib.sha256(b"paper").hexdigest()
"""All documents are of the same bytes, of which there are none: nothing here opens them."""
SIZE = 40_000
_TYPE = "application/pdf"

Row = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Papers:
    """The documents of one network, the oldest first; the words of the first so many are known."""

    network_id: str
    count: int
    with_words: int
    moment: datetime
    author: Callable[[int], str]
    ids: Sequence[str]

    def documents(self) -> Iterator[Row]:
        """Rows of `documents`."""
        for number, document_id in enumerate(self.ids):
            name = f"{title(number)} {number + 1}"
            row = {
                "network_id": self.network_id,
                "title": name,
                "title_key": name.lower(),
                "tags": ["paper"],
                "owner_id": self.author(number),
                "size": SIZE,
                "media_type": _TYPE,
                "created_at": self._at(number),
                "changed_at": self._at(number),
            }
            yield document_id, row

    def audiences(self) -> Iterator[Row]:
        """Rows of `document_audiences`."""
        for number, document_id in enumerate(self.ids):
            yield document_id, {"since": self._at(number), "is_narrowed": False}

    def versions(self) -> Iterator[Row]:
        """Rows of `document_versions`."""
        for number, document_id in enumerate(self.ids):
            row = {
                "number": 1,
                "sha256": SHA256,
                "size": SIZE,
                "name": f"paper-{number + 1}.pdf",
                "media_type": _TYPE,
                "author_id": self.author(number),
                "created_at": self._at(number),
            }
            yield document_id, row

    def previews(self) -> Iterator[Row]:
        """Rows of `version_previews`."""
        for number, document_id in enumerate(self.ids):
            is_read = number < self.with_words
            row = {
                "number": 1,
                "state": "shown" if is_read else "refused",
                "kind": "pdf" if is_read else "",
                "pages": _pages(number) if is_read else 0,
                "created_at": self._at(number),
                "read_at": self._at(number) if is_read else None,
            }
            yield document_id, row

    def pages(self) -> Iterator[Row]:
        """Rows of `version_pages`."""
        said = [write(seed, PAGE_LENGTH).body for seed in range(40)]
        for number, document_id in enumerate(self.ids[: self.with_words]):
            chance = random.Random(number)
            for page in range(1, _pages(number) + 1):
                words = f"{chance.choice(said)}\n\n{rare_words(number * MANY_PAGES + page, 12)}"
                yield document_id, {"number": 1, "page": page, "words": words}

    def _at(self, number: int) -> datetime:
        return self.moment - timedelta(minutes=50 * (self.count - number))


def papers(network_id: str, count: int, with_words: int, moment: datetime, author: Callable[[int], str]) -> Papers:
    """So many documents."""
    return Papers(network_id, count, with_words, moment, author, [new_id() for _ in range(count)])


def blob(moment: datetime) -> Row:
    """The row of `blobs` that all versions name."""
    return SHA256, {"size": SIZE, "media_type": _TYPE, "created_at": moment, "kept_at": moment}


def _pages(number: int) -> int:
    return MANY_PAGES if number % 20 == 0 else PAGES
