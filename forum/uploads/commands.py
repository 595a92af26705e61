"""Beginning an upload, noting how far it has come, making one file of it, and giving it up."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from forum.errors import Conflict, NotFound, TooMany
from forum.files.store import LEFT_AFTER_SECONDS
from forum.filing import ask_room, keep
from forum.state import State
from forum.tables import uploads
from forum.uploads.inputs import Wish
from forum.uploads.queries import Upload, get_upload
from forum.uploads.receiving import keeping_what_came
from forum.viewer import Viewer
from ground.columns import new_id, now
from realtime.transaction import Transaction

LASTS = timedelta(seconds=LEFT_AFTER_SECONDS)
"""After the last part that came."""
MOST_AT_ONCE = 100
_PART = 100


def wrong_offset(received: int) -> Conflict:
    """What is said to who goes on from another place."""
    return Conflict(f"{received:,} bytes of this file are here. Go on from there.")


async def begin_upload(tx: Transaction, state: State, viewer: Viewer, network_id: str | None, wish: Wish) -> str:
    """Begin; its id. Raises TooLarge and StoreFull, and TooMany where the person has begun a great many."""
    await ask_room(tx, state.files, state.settings, viewer.id, network_id, wish.size)
    mine = select(uploads.c.id).where(uploads.c.account_id == viewer.id, uploads.c.expires_at > now())
    if len((await tx.execute(mine.limit(MOST_AT_ONCE))).all()) == MOST_AT_ONCE:
        raise TooMany(f"You have begun {MOST_AT_ONCE} files that nothing became of. Go on with those.", 3_600)
    moment, upload_id = now(), new_id()
    row = {"id": upload_id, "account_id": viewer.id, "network_id": network_id, "name": wish.name, "size": wish.size}
    await tx.execute(insert(uploads), {**row, "parts": [], "created_at": moment, "expires_at": moment + LASTS})
    return upload_id


async def note_part(tx: Transaction, viewer: Viewer, upload: Upload, size: int, name: str) -> None:
    """Note that so much more of it is on the disk. Raises Conflict where another request was first."""
    values: dict[str, Any] = {"received": upload.received + size, "expires_at": now() + LASTS}
    if name:
        values["parts"] = [*upload.parts, name]
    where = (uploads.c.id == upload.id) & (uploads.c.account_id == viewer.id)
    same = where & (uploads.c.received == upload.received) & uploads.c.sha256.is_(None)
    if (await tx.execute(update(uploads).where(same).values(**values))).rowcount != 1:
        raise wrong_offset((await get_upload(tx.connection, viewer, upload.id)).received)


async def make_whole(state: State, viewer: Viewer, upload: Upload) -> Upload:
    """Make one file of what has all come; again changes nothing. Raises StoreFull where the disk is full, and
    Unavailable.

    First the store has it, then its row is written, then the parts go. Killed in between, the parts may be gone, and
    nobody knows what they became: then it begins anew, and the client is told so by how far it has come.
    """
    this = uploads.c.id == upload.id
    try:
        with keeping_what_came():
            kept = await state.files.join(upload.id, upload.parts, upload.size)
    except NotFound:
        async with state.transaction() as tx:  # unless another request was first
            lost = this & (uploads.c.received == upload.size) & uploads.c.sha256.is_(None)
            await tx.execute(update(uploads).where(lost).values(received=0, parts=[]))
            return await get_upload(tx.connection, viewer, upload.id)
    async with state.transaction() as tx:
        await keep(tx, state.files, state.settings, kept)
        await tx.execute(update(uploads).where(this).values(sha256=kept.sha256, received=upload.size))
        made = await get_upload(tx.connection, viewer, upload.id)
    await state.files.drop(upload.id)
    return made


async def give_up(state: State, viewer: Viewer, upload_id: str) -> None:
    """Forget it, with what has come of it. Raises NotFound."""
    async with state.transaction() as tx:
        upload = await get_upload(tx.connection, viewer, upload_id)
        await tx.execute(delete(uploads).where(uploads.c.id == upload.id))
    await state.files.drop(upload.id)


async def forget_ended(state: State) -> None:
    """Forget those to which nothing came for a day. What is left of them in the store is thrown away by its age."""
    while True:
        async with state.transaction() as tx:
            some = select(uploads.c.id).where(uploads.c.expires_at <= now()).limit(_PART)
            ended = list(await tx.connection.scalars(some))
            await tx.execute(delete(uploads).where(uploads.c.id.in_(ended), uploads.c.expires_at <= now()))
        for upload_id in ended:
            await state.files.drop(upload_id)
        if len(ended) < _PART:
            return
