"""Cards in the shape of the API."""

from collections.abc import Sequence

from forum.cards import WORDS, Card, CardUse, Source, Wording
from forum.knowledge.source_queries import Origin
from forum.records import Person
from ground.answers import Answer
from ground.columns import moment_text


class ApiCardPerson(Answer):
    """Somebody by id and name."""

    id: str
    name: str


class ApiCardSource(Answer):
    """What a card was made of, where the caller may read it now."""

    kind: Source
    id: str
    url: str


class ApiCardStanding(Answer):
    """What depends on who asks: the source, and how many say that they use it, as far as the caller may know."""

    source: ApiCardSource | None
    use_count: int


class ApiCard(Answer):
    """A card, its words in Markdown but for `title`, `place` and `contact`. `number` is that of this wording.

    It is held to be right until `review_on`. `withheld`: only moderators see it, until one of them has looked at it.
    `my` stands in answers, not in events.
    """

    id: str
    network_id: str
    url: str
    title: str
    problem: str
    done: str
    place: str
    result: str
    evidence: str
    contact: str
    number: int
    author: ApiCardPerson
    owner: ApiCardPerson | None
    review_on: str
    confirmed_at: str | None
    withheld: bool
    created_at: str
    changed_at: str
    removed_at: str | None
    version: int
    my: ApiCardStanding


class ApiCards(Answer):
    """Cards of a network, those that were changed last first."""

    items: list[ApiCard]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiWording(Answer):
    """What a card said from one time on."""

    number: int
    title: str
    problem: str
    done: str
    place: str
    result: str
    evidence: str
    contact: str
    author: ApiCardPerson
    created_at: str


class ApiWordings(Answer):
    """Wordings of a card, the newest first."""

    items: list[ApiWording]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiUseNetwork(Answer):
    """The network for which it is said."""

    id: str
    slug: str
    name: str


class ApiUse(Answer):
    """Somebody's word that they use a card too, or that their network does; with where and how."""

    id: str
    by: ApiCardPerson
    network: ApiUseNetwork | None
    words: str
    created_at: str


class ApiUses(Answer):
    """Who uses a card, as far as the caller may know; the newest first."""

    items: list[ApiUse]
    next: str | None
    as_of: dict[str, list[str | int]]


def _person(person: Person) -> dict[str, object]:
    return {"id": person.id, "name": person.name}


def heard_card(card: Card, public_url: str) -> dict[str, object]:
    """The card in the shape of the API, the same for everybody who may read it."""
    return {
        "id": card.id,
        "network_id": card.network_id,
        "url": f"{public_url}/cards/{card.id}",
        **{name: getattr(card.words, name) for name in WORDS},
        "number": card.number,
        "author": _person(card.author),
        "owner": _person(card.owner) if card.owner else None,
        "review_on": card.review_on.isoformat(),
        "confirmed_at": moment_text(card.confirmed_at) if card.confirmed_at else None,
        "withheld": card.is_narrowed,
        "created_at": moment_text(card.created_at),
        "changed_at": moment_text(card.changed_at),
        "removed_at": moment_text(card.removed_at) if card.removed_at else None,
        "version": card.version,
    }


def api_card(card: Card, origin: Origin | None, use_count: int, public_url: str) -> dict[str, object]:
    """The same with what depends on who asks."""
    source = {"kind": origin.kind, "id": origin.id, "url": public_url + origin.path} if origin else None
    return {**heard_card(card, public_url), "my": {"source": source, "use_count": use_count}}


def api_wordings(wordings: Sequence[Wording]) -> list[dict[str, object]]:
    """What it has said."""
    return [
        {
            "number": each.number,
            **{name: getattr(each.words, name) for name in WORDS},
            "author": _person(each.author),
            "created_at": moment_text(each.created_at),
        }
        for each in wordings
    ]


def api_uses(uses: Sequence[CardUse]) -> list[dict[str, object]]:
    """Who uses it."""
    return [
        {
            "id": use.id,
            "by": _person(use.by),
            "network": {"id": use.network_id, "slug": use.network_slug, "name": use.network_name}
            if use.network_id
            else None,
            "words": use.words,
            "created_at": moment_text(use.created_at),
        }
        for use in uses
    ]
