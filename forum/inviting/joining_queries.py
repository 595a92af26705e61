"""A network's joining link, as its administrators see it, and as whoever holds it does."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import Forbidden, NotFound
from forum.inviting.joining_secrets import proven_link
from forum.network_reads import NETWORK_COLUMNS, NETWORK_WIDTH
from forum.offers import may_still_let_in
from forum.policy import may_see_invited, member_of
from forum.records import Network
from forum.tables import joining_links, networks
from forum.viewer import Viewer
from ground.columns import now

ASK_AGAIN = ("removed", "refused")
"""What an administrator decided about somebody is not undone by a link: by any link they ask, and no more."""
LinkState = Literal["good", "expired", "used_up", "orphaned", "ended"]
"""`orphaned`: whoever made it runs the network no longer."""

maker_may_still = may_still_let_in(joining_links.c.network_id, joining_links.c.made_by)
"""Links whose maker is an administrator of the network at this moment."""


def is_good() -> ColumnElement[bool]:
    """Links by which somebody can join at this moment."""
    return and_(
        joining_links.c.ended_at.is_(None),
        joining_links.c.expires_at > now(),
        joining_links.c.use_count < joining_links.c.most_uses,
        maker_may_still,
    )


@dataclass(frozen=True, slots=True)
class JoiningLink:
    """A joining link, and how it stands."""

    id: str
    asks: bool
    most_uses: int
    use_count: int
    expires_at: datetime
    created_at: datetime
    ended_at: datetime | None
    maker: str
    maker_may_still: bool

    @property
    def state(self) -> LinkState:
        """Whether it is good, or why not."""
        if self.ended_at is not None:
            return "ended"
        if not self.maker_may_still:
            return "orphaned"
        if self.expires_at <= now():
            return "expired"
        return "good" if self.use_count < self.most_uses else "used_up"


_COLUMNS = (
    joining_links.c.id,
    joining_links.c.asks,
    joining_links.c.most_uses,
    joining_links.c.use_count,
    joining_links.c.expires_at,
    joining_links.c.created_at,
    joining_links.c.ended_at,
    accounts.c.name,
    maker_may_still.label("maker_may_still"),
)
_WIDTH = len(_COLUMNS)


def _link(row: Any) -> JoiningLink:
    values = dict(zip((each.name for each in fields(JoiningLink)), row[:_WIDTH], strict=True))
    return JoiningLink(**values | {"maker_may_still": bool(row[_WIDTH - 1])})


async def find_joining_link(connection: AsyncConnection, viewer: Viewer, network: Network) -> JoiningLink | None:
    """The network's link that has not been ended, for its administrators. Raises Forbidden for others."""
    decision = may_see_invited(viewer, network)
    if not decision:
        raise Forbidden(decision.reason)
    asked = (
        select(*_COLUMNS)
        .join(accounts, accounts.c.id == joining_links.c.made_by)
        .join(networks, networks.c.id == joining_links.c.network_id)
        .where(joining_links.c.network_id == network.id, joining_links.c.ended_at.is_(None))
        .where(member_of(viewer.id, "administrator"))
    )
    row = (await connection.execute(asked)).one_or_none()
    return _link(row) if row is not None else None


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind a joining link, for whoever holds it. Of a link that is not good nothing may be shown."""

    link: JoiningLink
    network: Network


async def find_behind(connection: AsyncConnection, key: bytes, secret: str) -> Behind:
    """The link with this secret and its network, ended ones too. Raises NotFound where it is none of ours."""
    link_id = proven_link(key, secret)
    if link_id is None:
        raise NotFound
    asked = (
        select(*_COLUMNS, *NETWORK_COLUMNS)
        .join(accounts, accounts.c.id == joining_links.c.made_by)
        .join(networks, networks.c.id == joining_links.c.network_id)
        .where(joining_links.c.id == link_id)
    )
    row = (await connection.execute(asked)).one_or_none()
    if row is None:
        raise NotFound
    return Behind(_link(row), Network(*row[_WIDTH : _WIDTH + NETWORK_WIDTH]))
