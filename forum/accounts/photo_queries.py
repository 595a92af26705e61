"""Photos of people, as a viewer may see them: asked at each request, in the statement that reads."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.errors import NotFound
from forum.files.downloads import File
from forum.policy import photos_shown_to
from forum.tables import account_photos
from forum.viewer import Viewer

PHOTO_TYPE = "image/webp"
_SHOWN = account_photos.join(accounts, accounts.c.id == account_photos.c.account_id)


async def get_photo(connection: AsyncConnection, viewer: Viewer, account_id: str, side: int) -> File:
    """Somebody's photo as a square. Raises NotFound where there is none that this viewer may see."""
    asked = select(account_photos.c.sha256, account_photos.c.size).select_from(_SHOWN).where(photos_shown_to(viewer))
    this = asked.where(account_photos.c.account_id == account_id, account_photos.c.side == side)
    row = (await connection.execute(this)).first()
    if row is None:
        raise NotFound
    return File(row.sha256, row.size, PHOTO_TYPE, "photo.webp")


async def list_with_photo(connection: AsyncConnection, viewer: Viewer, account_ids: Collection[str]) -> list[str]:
    """Those of these people of whom there is a photo that this viewer may see."""
    asked = select(account_photos.c.account_id).distinct().select_from(_SHOWN).where(photos_shown_to(viewer))
    return list(await connection.scalars(asked.where(account_photos.c.account_id.in_(account_ids))))
