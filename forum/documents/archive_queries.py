"""How many documents a zip would leave out, because a virus scanner has not found them clean."""

from collections.abc import Collection

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import documents_readable_by
from forum.tables import documents, file_checks, networks
from forum.viewer import Viewer

MOST = 500
"""So many held back on the whole site are looked at; one that holds back more has a scanner that is away."""


async def count_held_back(
    connection: AsyncConnection, viewer: Viewer, network_id: str, inside: Collection[str] | None
) -> int:
    """Documents of the network, or of these folders, that this viewer may see and nobody is given just now.

    What is held back is asked for first: mostly that is nothing, and a large library costs no more for it.
    """
    waiting = select(file_checks.c.document_id, file_checks.c.number).where(file_checks.c.document_id.is_not(None))
    held = [tuple(row) for row in await connection.execute(waiting.limit(MOST))]
    if not held:
        return 0
    here = (
        select(func.count())
        .select_from(documents)
        .join(networks, networks.c.id == documents.c.network_id)
        .where(tuple_(documents.c.id, documents.c.version_count).in_(held), documents.c.withdrawn_at.is_(None))
        .where(networks.c.id == network_id, documents_readable_by(viewer))
    )
    if inside is not None:
        here = here.where(documents.c.folder_id.in_(inside))
    return (await connection.execute(here)).scalar_one()
