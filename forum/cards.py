"""Cards: what a network has found to work, said so that others can do it. The words of whoever wrote them, and nothing
of the post, thread or document that a card was made of."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from forum.records import Access, Person

Source = Literal["post", "thread", "document"]
"""What a card may be made of."""
WORDS = ("title", "problem", "done", "place", "result", "evidence", "contact")
"""What a card says, in its order: each a field of `CardWords`, a column, and a field of forms and JSON."""


@dataclass(frozen=True, slots=True)
class CardWords:
    """What a card says, in Markdown but for its title, where it is done, and whom to ask."""

    title: str
    problem: str
    done: str
    """What was done about it."""
    place: str
    result: str
    evidence: str
    contact: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands now."""

    id: str
    network_id: str
    network_name: str
    words: CardWords
    number: int
    """Of its wording: 1 for the first."""
    shown_from: int
    """Wordings before this one are for the moderators alone."""
    author: Person
    """Who wrote it as it reads now."""
    owner: Person | None
    """Who looks after it."""
    source_kind: Source | None
    source_id: str | None
    """What it was made of, which need not be there any more, nor be for whoever reads the card."""
    review_on: date
    """Until when it is held to be right."""
    confirmed_at: datetime | None
    """When its owner last said that it is still right."""
    is_narrowed: bool
    """Only moderators see it, until one of them has looked at it."""
    is_kept: bool
    """It was made while the network was closed, and stayed with its members as that was opened."""
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None
    removed_by: Person | None
    removal_reason: str
    version: int

    def is_due(self, today: date) -> bool:
        """Whether the day has gone by until which it is held to be right."""
        return self.review_on < today


@dataclass(frozen=True, slots=True)
class Wording:
    """What a card said from one time on; never changed once written."""

    number: int
    words: CardWords
    author: Person
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CardUse:
    """ "We use this too": said by somebody for themselves, or for a network that they administer."""

    id: str
    by: Person
    words: str
    """Where and how."""
    created_at: datetime
    network_id: str | None
    network_slug: str | None
    network_name: str | None
    network_access: Access | None
    is_hidden: bool
    """It is said for a network that not everybody reads, or that did not when it was said."""
