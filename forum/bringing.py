"""A file for a post comes in: its row, and where it is a picture, what is shown of it. Nobody but who brought it sees
it until a post carries it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update

from forum.attaching import file_columns, file_from
from forum.baring import Bytes, holds_traces, make_bare
from forum.errors import Forbidden, Invalid
from forum.file_forms import FILE
from forum.files.bare import NEVER_BARED
from forum.files.kinds import named_kind
from forum.files.names import clean_name
from forum.files.store import Kept
from forum.filing import ask_own, charge, hold_back_file, keep, take_brought
from forum.filing.brought import Brought, BroughtUpload
from forum.idempotency import RequestKey, claim
from forum.pictures import Drawn, draw
from forum.policy import may_bring_files
from forum.records import PostFile
from forum.state import State
from forum.tables import post_files, post_pictures
from forum.viewer import Viewer
from ground.columns import new_id, now

NOT_TAKEN = (
    "This picture is in a format of telephones that can’t be shown here, and that may say where it was taken. Save it "
    "as JPEG or PNG and add that, or share it as a document in the network’s library."
)


async def bring_file(
    state: State, viewer: Viewer, network_id: str, brought: Brought, alt: str = "", key: RequestKey | None = None
) -> tuple[PostFile, bool]:
    """The file, and whether this request came before. The caller has found the network as the viewer.

    Raises Forbidden, Invalid and StoreFull. Killed in the middle, a picture may be left that is shown as a line.
    """
    decision = may_bring_files(viewer, network_id)
    if not decision:
        raise Forbidden(decision.reason)
    async with state.transaction() as tx:
        claimed = await claim(tx, viewer.id, key, new_id())
        this = select(*file_columns()).where(post_files.c.id == claimed.object_id)
        if claimed.is_replay:
            row = (await tx.execute(this)).one()
            return file_from(row), True
        file = await take_brought(tx, viewer.id, network_id, brought)
        if file.kept.media_type in NEVER_BARED:
            raise Invalid({"upload" if isinstance(brought, BroughtUpload) else FILE: NOT_TAKEN})
        await ask_own(tx, state.settings, viewer.id, file.kept.size)
        await charge(tx, state.settings, network_id, file.kept.size)
        new: dict[str, Any] = {
            "id": claimed.object_id,
            "network_id": network_id,
            "brought_by": viewer.id,
            "name": clean_name(file.name),
            "alt": alt,
            "media_type": named_kind(file.kept.media_type, file.name)[:120],
            "sha256": file.kept.sha256,
            "size": file.kept.size,
            "stored_bytes": file.kept.size,
            "created_at": now(),
        }
        await tx.execute(insert(post_files), new)
        await hold_back_file(tx, state.settings, claimed.object_id)
        made = file_from((await tx.execute(this)).one())
    return await _make_pictures(state, network_id, made, file.kept), False


async def _make_pictures(state: State, network_id: str, made: PostFile, kept: Kept) -> PostFile:
    """What is shown of it, and the picture itself without what a camera wrote into it."""
    drawn, why = await draw(state, kept)
    shown = await _show(state, network_id, made, drawn, why)
    if not holds_traces(kept.media_type):
        return shown
    bared = await make_bare(state, Bytes(made.id, kept.sha256, kept.size, kept.media_type))
    return replace(shown, size=bared.size if bared else kept.size)


async def _show(state: State, network_id: str, made: PostFile, drawn: Sequence[Drawn], why: str) -> PostFile:
    """Keep what is shown of it."""
    if not drawn and not why:
        return made
    size = sum(each.kept.size for each in drawn)
    width, height = (drawn[0].width, drawn[0].height) if drawn else (0, 0)
    async with state.transaction() as tx:
        for each in drawn:
            await keep(tx, state.files, state.settings, each.kept)
        shown = {"width": width, "height": height, "why": why, "stored_bytes": post_files.c.stored_bytes + size}
        changed = await tx.execute(update(post_files).where(post_files.c.id == made.id).values(**shown))
        if drawn and changed.rowcount:
            await charge(tx, state.settings, network_id, size)
            rows = [
                {"file_id": made.id, "fits": each.fits, "sha256": each.kept.sha256, "size": each.kept.size}
                for each in drawn
            ]
            await tx.execute(insert(post_pictures), rows)
    return replace(made, width=width, height=height, why=why)
