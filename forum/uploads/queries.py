"""Uploads, as who began them sees them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import NotFound
from forum.tables import uploads
from forum.viewer import Viewer
from ground.columns import now


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in."""

    id: str
    network_id: str | None
    name: str
    size: int
    received: int
    parts: tuple[str, ...]
    sha256: str | None
    expires_at: datetime

    @property
    def has_come(self) -> bool:
        """Whether all of it has come; it is one file once it has a hash."""
        return self.received == self.size


_COLUMNS = (
    uploads.c.id,
    uploads.c.network_id,
    uploads.c.name,
    uploads.c.size,
    uploads.c.received,
    uploads.c.parts,
    uploads.c.sha256,
    uploads.c.expires_at,
)


async def get_upload(connection: AsyncConnection, viewer: Viewer, upload_id: str) -> Upload:
    """The viewer's own. Raises NotFound for those of others, for what is over and for what there never was."""
    mine = select(*_COLUMNS).where(uploads.c.id == upload_id, uploads.c.account_id == viewer.id)
    row = (await connection.execute(mine.where(uploads.c.expires_at > now()))).first()
    if row is None:
        raise NotFound
    return Upload(
        row.id, row.network_id, row.name, row.size, row.received, tuple(row.parts), row.sha256, row.expires_at
    )
