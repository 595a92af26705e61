"""A file that came in parts becomes somebody's document, picture or attachment, in the transaction that makes that."""

from dataclasses import dataclass

from sqlalchemy import delete, or_, select

from forum.errors import Conflict, Invalid, NotFound
from forum.files.store import Kept
from forum.filing.brought import Brought, BroughtFile
from forum.filing.keeping import keep
from forum.tables import blobs, uploads
from ground.columns import now
from realtime.transaction import Transaction

NO_SUCH_UPLOAD = "There is no such upload of yours. Send the file first."
EMPTY = "This file is empty. Choose another one."


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


async def take_brought(tx: Transaction, account_id: str, network_id: str, brought: Brought) -> BroughtFile:
    """The file, its row in `blobs` there; where it was sent in parts, its upload is over with that. Raises Invalid."""
    if isinstance(brought, BroughtFile):
        await keep(tx, brought.room.files, brought.room.settings, brought.kept)
        return brought
    try:
        taken = await take_upload(tx, account_id, brought.upload_id, network_id)
    except NotFound as error:
        raise Invalid({"upload": NO_SUCH_UPLOAD}) from error
    except Conflict as error:
        raise Invalid({"upload": str(error)}) from error
    if not taken.size:
        raise Invalid({"upload": EMPTY})
    return BroughtFile(Kept(taken.sha256, taken.size, taken.media_type), taken.name, brought.room)
