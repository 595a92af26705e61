"""A post and its network are held until a transaction ends, before anything is done with the post."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from forum.errors import NotFound
from forum.policy import Standing, threads_heard, threads_readable_by_account
from forum.streams import moderators_stream, network_stream
from forum.tables import networks, posts, threads
from forum.viewer import Viewer
from ground.columns import Identifier
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Held:
    """A post as it stands, its row locked until the end of the transaction."""

    id: str
    thread_id: str
    network_id: str
    number: int
    position: int
    author_id: str
    version: int
    removed_at: datetime | None
    removed_by: str | None
    removal_reason: str
    hidden_rule: str
    erased_at: datetime | None
    reply_to_id: str | None
    is_kept: bool
    """It lies in a thread that stayed with the members of an opened network."""

    @property
    def standing(self) -> Standing:
        """What rights over it depend on."""
        is_gone, is_erased = self.removed_at is not None, self.erased_at is not None
        by_author = self.removed_by == self.author_id
        return Standing(self.network_id, self.author_id, is_gone, self.hidden_rule, is_erased, by_author)

    @property
    def stream(self) -> str:
        """The stream that tells of it."""
        return moderators_stream(self.network_id) if self.is_kept else network_stream(self.network_id)


_NETWORK = (
    select(networks.c.id)
    .join(posts, posts.c.network_id == networks.c.id)
    .where(posts.c.id == bindparam("held_in", type_=Identifier))
)
_SHARE_NETWORK = _NETWORK.with_for_update(read=True, of=networks)
_HOLD_NETWORK = _NETWORK.with_for_update(key_share=True, of=networks)
_LOCK = select(posts.c.id).where(posts.c.id == bindparam("locked_id", type_=Identifier)).with_for_update(key_share=True)
_HELD = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.network_id,
        posts.c.number,
        posts.c.position,
        posts.c.author_id,
        posts.c.version,
        posts.c.removed_at,
        posts.c.removed_by,
        posts.c.removal_reason,
        posts.c.hidden_rule,
        posts.c.erased_at,
        posts.c.reply_to_id,
        ~threads_heard(),
    )
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
    .where(posts.c.id == bindparam("post_id", type_=Identifier))
)
_READABLE = threads_readable_by_account(bindparam("viewer_id", type_=Identifier))


async def hold_network_of(tx: Transaction, post_id: str) -> bool:
    """Nobody writes, edits or quotes in the post's network until the transaction ends; False where there is no such."""
    return (await tx.execute(_HOLD_NETWORK, {"held_in": post_id})).first() is not None


async def hold_post(tx: Transaction, viewer: Viewer | None, post_id: str) -> Held:
    """The post, locked; the network is not opened meanwhile. Raises NotFound where this viewer may not read it.

    Without a viewer: for what needs no right to read, and shows nothing of it.
    """
    await tx.execute(_SHARE_NETWORK, {"held_in": post_id})
    await tx.execute(_LOCK, {"locked_id": post_id})
    asked: dict[str, Any] = {"post_id": post_id}
    if viewer is not None:
        asked["viewer_id"] = viewer.id or None
    row = (await tx.execute(_HELD.where(_READABLE) if viewer is not None else _HELD, asked)).first()
    if row is None:
        raise NotFound
    return Held(*tuple(row))
