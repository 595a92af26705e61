"""Where the words will go that somebody had typed before they signed in."""

import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.errors import NotFound
from forum.network_reads import audience_words, get_network, get_network_by_id
from forum.policy import threads_readable_by
from forum.tables import networks, posts, threads
from forum.viewer import Viewer
from ground.columns import is_id

_PLACE = re.compile(r"/(?:threads/([^/]+)/posts|posts/([^/]+)/edit|networks/([^/]+)/threads)")


async def destination_words(connection: AsyncConnection, viewer: Viewer, action: str) -> str:
    """What a form sent to this path would write, where, and who would read it; empty where there is nothing to say."""
    match = _PLACE.fullmatch(action)
    if match is None:
        return ""
    thread_id, post_id, slug = match.groups()
    try:
        if slug:
            network = (await get_network(connection, viewer, slug)).network
            what = f"Your new thread in {network.name}."
        else:
            title, network_id = await _find_thread(connection, viewer, thread_id, post_id)
            network = (await get_network_by_id(connection, viewer, network_id)).network
            what = f"{'Your reply' if thread_id else 'Your changes to a post'} in “{title}”."
    except NotFound:
        return ""
    return f"{what} {audience_words(network.access, network.name, network.member_count)}"


async def _find_thread(
    connection: AsyncConnection, viewer: Viewer, thread_id: str | None, post_id: str | None
) -> tuple[str, str]:
    """The title and the network's id of a thread, or of a post's thread. Raises NotFound."""
    if not is_id(thread_id or post_id or ""):
        raise NotFound
    wanted = threads.c.id == thread_id
    if post_id:
        wanted = threads.c.id == select(posts.c.thread_id).where(posts.c.id == post_id).scalar_subquery()
    found = select(threads.c.title, threads.c.network_id).join(networks, networks.c.id == threads.c.network_id)
    row = (await connection.execute(found.where(wanted, threads_readable_by(viewer)))).first()
    if row is None:
        raise NotFound
    return row.title, row.network_id
