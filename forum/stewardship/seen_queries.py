"""What there is in a network that others might see: for an administrator, to be looked for in what others get."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.network_reads import read_front
from forum.policy import member_of
from forum.records import Network
from forum.rendering import size_band
from forum.tables import cards, documents, memberships, networks, posts, threads
from forum.viewer import Viewer

MOST = 50
SHORTEST_WORDS = 12
"""Shorter first words of a post stand in other places too."""


@dataclass(frozen=True, slots=True)
class Content:
    """Parts of the network, each as it stands on pages."""

    thread_id: str
    """The newest thread's; empty where there is none."""
    document_id: str
    """The newest document's that is not withdrawn; empty where there is none."""
    titles: tuple[str, ...]
    words: tuple[str, ...]
    """The first words of its newest posts."""
    documents: tuple[str, ...]
    """Titles of its newest documents."""
    card_id: str
    """The newest card's; empty where there is none."""
    cards: tuple[str, ...]
    """Titles of its newest cards."""
    people: tuple[str, ...]
    """Names of its members, those who came first before."""
    organisations: tuple[str, ...]
    """Those that its front page names."""
    size: str
    """How large it is, roughly, as outsiders are told."""


async def read_content(connection: AsyncConnection, viewer: Viewer, network: Network) -> Content:
    """Some of what the network holds, for an administrator of it; nothing for others."""
    mine = networks.c.id == network.id, member_of(viewer.id, "administrator")

    async def of(statement: Select[tuple[str]]) -> list[str]:
        return list(await connection.scalars(statement.where(*mine).limit(MOST)))

    threads_of = select(threads.c.id).join(networks, networks.c.id == threads.c.network_id)
    newest = await of(threads_of.order_by(threads.c.last_post_at.desc()))
    titles = select(threads.c.title).join(networks, networks.c.id == threads.c.network_id)
    said = select(posts.c.excerpt).join(networks, networks.c.id == posts.c.network_id)
    words = await of(said.where(posts.c.removed_at.is_(None)).order_by(posts.c.id.desc()))
    shared = select(documents.c.id).join(networks, networks.c.id == documents.c.network_id)
    shared = shared.where(documents.c.withdrawn_at.is_(None)).order_by(documents.c.changed_at.desc())
    papers = select(documents.c.title).join(networks, networks.c.id == documents.c.network_id)
    papers = papers.where(documents.c.withdrawn_at.is_(None)).order_by(documents.c.changed_at.desc())
    made = select(cards.c.id).join(networks, networks.c.id == cards.c.network_id)
    made = made.where(cards.c.removed_at.is_(None)).order_by(cards.c.changed_at.desc())
    called = select(cards.c.title).join(networks, networks.c.id == cards.c.network_id)
    called = called.where(cards.c.removed_at.is_(None)).order_by(cards.c.changed_at.desc())
    people = (
        select(accounts.c.name)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .where(memberships.c.current, memberships.c.status == "active")
        .order_by(memberships.c.since)
    )
    return Content(
        thread_id=newest[0] if newest else "",
        document_id=next(iter(await of(shared)), ""),
        titles=tuple(await of(titles.order_by(threads.c.last_post_at.desc()))),
        words=tuple(word.split("\n")[0][:40] for word in words if len(word) >= SHORTEST_WORDS),
        documents=tuple(await of(papers)),
        card_id=next(iter(await of(made)), ""),
        cards=tuple(await of(called)),
        people=tuple(await of(people)),
        organisations=(await read_front(connection, viewer, network)).organisations,
        size=size_band(network.member_count),
    )
