"""Documents that were erased, as far as a viewer may know that there was one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.policy import erased_documents_shown_to
from forum.tables import erased_documents, networks
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Erased:
    """A document that is no more."""

    network_id: str
    reason: str
    erased_at: datetime


async def find_erased(connection: AsyncConnection, viewer: Viewer, document_id: str) -> Erased | None:
    """The line at its address; None where there is none of which this viewer may know."""
    columns = (erased_documents.c.network_id, erased_documents.c.reason, erased_documents.c.erased_at)
    asked = select(*columns).join(networks, networks.c.id == erased_documents.c.network_id)
    this = asked.where(erased_documents.c.id == document_id, erased_documents_shown_to(viewer))
    row = (await connection.execute(this)).first()
    return Erased(*tuple(row)) if row is not None else None
