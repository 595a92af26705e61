"""What was found as the API shows it."""

from typing import Literal

from forum.search.shown import Shown
from ground.answers import Answer
from ground.columns import moment_text


class ApiFoundNetwork(Answer):
    """The network that something is in."""

    id: str
    slug: str
    name: str


class ApiFoundPerson(Answer):
    """Who wrote something."""

    id: str
    name: str


class ApiFound(Answer):
    """Something found: a thread by its title or its first post, a later post, a document, a card, a person
    or a network.

    `title_html` and `excerpt_html` are plain text as HTML, in which `<mark>` stands around the words that were found.
    `number` and `thread_id` are those of a post; of a document `number` is that of its newest version, and `page` the
    one on which the words stand, where they stand inside. `created_at` is that of a thread or a post, or of the newest
    version of a document, or of the wording of a card.
    """

    kind: Literal["thread", "post", "document", "card", "person", "network"]
    id: str
    url: str
    title_html: str
    excerpt_html: str
    network: ApiFoundNetwork | None
    author: ApiFoundPerson | None
    thread_id: str | None
    number: int | None
    page: int | None
    created_at: str | None


class ApiFoundList(Answer):
    """A page of what was found, best first. `corrected` are words that were taken for others, with those."""

    items: list[ApiFound]
    next: str | None
    as_of: dict[str, list[str | int]]
    corrected: list[tuple[str, str]]


def api_found(shown: Shown, url: str) -> dict[str, object]:
    """One thing that was found."""
    is_written = shown.kind in ("thread", "post", "document", "card")
    place, author = shown.network, shown.author
    return {
        "kind": shown.kind,
        "id": shown.id,
        "url": url + shown.path,
        "title_html": str(shown.title.html),
        "excerpt_html": str(shown.excerpt.html),
        "network": {"id": place.id, "slug": place.slug, "name": place.name} if place and is_written else None,
        "author": {"id": author.id, "name": author.name} if author and is_written else None,
        "thread_id": shown.thread_id,
        "number": shown.number,
        "page": shown.page,
        "created_at": moment_text(shown.moment) if is_written else None,
    }
