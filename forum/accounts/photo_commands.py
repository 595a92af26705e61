"""One's own photo: made anew as squares, without anything that a camera wrote into it; and taken away."""

from sqlalchemy import delete, insert

from forum.errors import Invalid
from forum.filing import keep
from forum.filing.brought import BroughtFile
from forum.pictures import DRAWN, draw
from forum.state import State
from forum.tables import account_photos
from forum.viewer import Viewer
from ground.columns import now
from previews.parts import SENTENCES, Why
from realtime.transaction import Transaction

NO_PICTURE = "This is no picture that can be shown. Choose a JPEG, PNG, GIF or WebP."


async def change_photo(state: State, viewer: Viewer, brought: BroughtFile) -> None:
    """Show this instead of what was there. Raises Invalid and StoreFull."""
    if brought.kept.media_type not in DRAWN:
        raise Invalid({"file": NO_PICTURE})
    drawn, why = await draw(state, brought.kept, "photo")
    if not drawn:
        raise Invalid({"file": f"{SENTENCES[Why(why)]} Choose another picture."})
    moment = now()
    async with state.transaction() as tx:
        await remove_photo(tx, viewer.id)
        for each in drawn:
            await keep(tx, state.files, state.settings, each.kept)
            row = {"account_id": viewer.id, "side": each.fits, "sha256": each.kept.sha256, "size": each.kept.size}
            await tx.execute(insert(account_photos), {**row, "created_at": moment})


async def remove_photo(tx: Transaction, account_id: str) -> None:
    """Nobody sees a photo of this person any more; its bytes are collected a day later."""
    await tx.execute(delete(account_photos).where(account_photos.c.account_id == account_id))
