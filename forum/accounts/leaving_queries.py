"""What somebody who closes their account holds in each network, and who may take it over there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.heir_queries import list_heirs
from forum.heirs import NOBODY, HeldLine, heir_options, held_lines
from forum.holdings import list_held
from forum.network_reads import NETWORK_COLUMNS
from forum.policy import member_of
from forum.records import Network
from forum.tables import networks
from forum.viewer import Viewer

HEIR_FIELD = "heir-"
"""How the field begins that says who takes over in a network; its id follows."""


@dataclass(frozen=True, slots=True)
class HeldThere:
    """What somebody holds in one network."""

    name: str
    path: str
    held: Sequence[HeldLine]
    heirs: Sequence[tuple[str, str]]
    """As options of a form; none where nobody else can have it."""
    heir: str
    """The one that is chosen already."""
    field: str


async def list_held_everywhere(connection: AsyncConnection, viewer: Viewer) -> list[HeldThere]:
    """What the viewer holds in their networks, those without anything left out."""
    mine = select(*NETWORK_COLUMNS).where(member_of(viewer.id)).order_by(networks.c.name, networks.c.id)
    found = []
    for network in [Network(*row) for row in await connection.execute(mine)]:
        held = await list_held(connection, network.id, viewer.id)
        can_pass = any(each.holding.passed is not None for each in held)
        people = await list_heirs(connection, viewer, network, [viewer.id]) if can_pass else ()
        if held:
            found.append(
                HeldThere(
                    name=network.name,
                    path=f"/networks/{network.slug}",
                    held=held_lines(network, held),
                    heirs=[*heir_options(people, viewer.id), NOBODY] if people else [],
                    heir=people[0].id if people else "",
                    field=f"{HEIR_FIELD}{network.id}",
                )
            )
    return found
