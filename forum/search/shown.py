"""Something that was found, as pages and API show it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, literal_column

from auth.accounts import FORMER_MEMBER
from forum.records import Access, Person
from forum.search.marking import Excerpt
from forum.search.match_queries import Kind

FORMER: ColumnElement[str] = literal_column(f"'{FORMER_MEMBER}'", String)
"""What stands in place of the name of somebody who closed their account."""


@dataclass(frozen=True, slots=True)
class Place:
    """The network that something is in."""

    id: str
    slug: str
    name: str
    accent: str
    access: Access


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that was found."""

    kind: Kind
    id: str
    path: str
    title: Excerpt
    excerpt: Excerpt
    moment: datetime
    network: Place | None = None
    """Of a thread or a post the network that it is in; of a network itself."""
    author: Person | None = None
    """Who wrote it; of a person the person."""
    thread_id: str | None = None
    number: int | None = None
    """Of a post its number in its thread."""
    page: int | None = None
    """Of a document the page on which the words stand."""
    page_name: str = ""
    """What it is called there: "page 7", "sheet 2"."""
