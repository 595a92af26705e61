"""What a person wants to hear, network by network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.policy import member_of
from forum.records import Access, MailChoice, WatchLevel
from forum.tables import bounced_addresses, mail_wishes, network_watches, networks
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class NetworkStanding:
    """One of the viewer's networks, and what they want to hear of it; `mail` None: as of all."""

    id: str
    slug: str
    name: str
    access: Access
    accent: str
    level: WatchLevel
    mail: MailChoice | None


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the viewer wants to hear."""

    mail: MailChoice
    email: str
    refused_at: datetime | None
    """Since when a mail server refuses the address; None where mail goes there."""
    networks: Sequence[NetworkStanding]


async def read_standing(connection: AsyncConnection, viewer: Viewer) -> Standing:
    """What the viewer wants to hear, with their networks by name."""
    chosen = select(mail_wishes.c.mail).where(mail_wishes.c.account_id == viewer.id)
    refused = (
        select(accounts.c.email, bounced_addresses.c.at)
        .select_from(accounts.outerjoin(bounced_addresses, bounced_addresses.c.email_key == accounts.c.email_key))
        .where(accounts.c.id == viewer.id)
    )
    own = select(network_watches.c.network_id, network_watches.c.level, network_watches.c.mail).where(
        network_watches.c.account_id == viewer.id
    )
    said = {row[0]: (row[1], row[2]) for row in await connection.execute(own)}
    address = (await connection.execute(refused)).first()
    standing = [
        NetworkStanding(
            place.network_id,
            place.slug,
            place.name,
            place.access,
            place.accent,
            *said.get(place.network_id, ("normal", None)),
        )
        for place in viewer.active_places()
    ]
    return Standing(
        mail=await connection.scalar(chosen) or "bundled",
        email=(address.email or "") if address else "",
        refused_at=address.at if address else None,
        networks=standing,
    )


async def carries_words(connection: AsyncConnection, viewer: Viewer, network_id: str) -> bool:
    """Whether its administrators let this network's words out by mail; for a member."""
    asked = select(networks.c.mail_content).where(networks.c.id == network_id, member_of(viewer.id))
    return bool(await connection.scalar(asked))


async def is_mail_off(connection: AsyncConnection, account_id: str, network_id: str | None) -> bool:
    """Whether the person gets no mail about this network, or (None) none that is bundled: for who has a mail's link."""
    mine = network_watches.c.account_id == account_id
    if network_id is not None:
        of_network = select(network_watches.c.mail).where(mine, network_watches.c.network_id == network_id)
        return await connection.scalar(of_network) == "never"
    bundled = select(network_watches.c.network_id).where(mine, network_watches.c.mail == "bundled").limit(1)
    chosen = await connection.scalar(select(mail_wishes.c.mail).where(mail_wishes.c.account_id == account_id))
    return chosen == "never" and await connection.scalar(bundled) is None
