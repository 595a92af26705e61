"""A file that came in parts becomes somebody's document, picture or attachment, in the transaction that makes that."""

from dataclasses import dataclass

from sqlalchemy import delete, or_, select

from forum.errors import Conflict, NotFound
from forum.tables import blobs, uploads
from ground.columns import now
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """A file whose row in `blobs` is there, to be named now."""

    sha256: str
    size: int
    media_type: str
    name: str


async def take_upload(tx: Transaction, account_id: str, upload_id: str, network_id: str | None) -> Taken:
    """Take it, so that nobody takes it again. The room for it in the network is still to be asked (`charge`).

    Raises NotFound where this account has begun none of this id for this network, Conflict where it is not all there.
    """
    this = (uploads.c.id == upload_id) & (uploads.c.account_id == account_id) & (uploads.c.expires_at > now())
    meant = or_(uploads.c.network_id.is_(None), uploads.c.network_id == network_id)
    # Locked before it is looked at: of two that take it at once one waits here and then finds it gone.
    held = select(uploads.c.sha256, uploads.c.name).where(this, meant).with_for_update()
    row = (await tx.execute(held)).first()
    if row is None:
        raise NotFound
    if row.sha256 is None:
        raise Conflict("Not all of this file has come yet. Send the rest of it first.")
    await tx.execute(delete(uploads).where(this))
    blob = (await tx.execute(select(blobs.c.size, blobs.c.media_type).where(blobs.c.sha256 == row.sha256))).one()
    return Taken(row.sha256, blob.size, blob.media_type, row.name)
