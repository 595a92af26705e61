"""The commands that change what somebody has read, each in its own transaction, and told to their other screens."""

import contextlib
from collections.abc import Sequence

from forum.attaching import FileChoice
from forum.errors import Moved
from forum.idempotency import RequestKey
from forum.records import Thread
from forum.state import State
from forum.text import has_quotes
from forum.threads.announcing import announcer_of
from forum.threads.commands import Posted, post_reply
from forum.threads.queries import get_thread
from forum.threads.ranges import Ranges
from forum.threads.reading_commands import mark_all_read, mark_read
from forum.threads.replying_commands import OutOfTheOrdinary, reply_at_once
from forum.threads.writing import Written
from forum.viewer import Viewer, viewer_of_account


async def send_reply(
    state: State,
    viewer: Viewer,
    thread: Thread,
    written: Written,
    reply_to: str | None,
    key: RequestKey | None,
    files: Sequence[FileChoice] = (),
) -> Posted:
    """`commands.post_reply`, in one statement where that can be. A thread that moved meanwhile is followed."""
    try:
        return await _send_reply(state, viewer, thread, written, reply_to, key, files)
    except Moved:
        # The API has looked up their place in the network that it was in, and no other.
        viewer = await viewer_of_account(state.database, viewer.id) or viewer
        async with state.database.read() as connection:
            thread = await get_thread(connection, viewer, thread.id)
        return await _send_reply(state, viewer, thread, written, reply_to, key, files)


async def _send_reply(
    state: State,
    viewer: Viewer,
    thread: Thread,
    written: Written,
    reply_to: str | None,
    key: RequestKey | None,
    files: Sequence[FileChoice],
) -> Posted:
    # What it quotes may stand hidden, and that is asked on the ordinary way.
    is_plain = reply_to is None and not written.mentions and not has_quotes(written.body) and not files
    if is_plain and state.database.dialect == "postgresql":
        with contextlib.suppress(OutOfTheOrdinary):
            posted = await reply_at_once(state, viewer, thread, written, key)
            if posted.read is not None:
                announcer_of(state).tell_later(viewer.id, posted.read)
            return posted
    return await _reply_by_steps(state, viewer, thread, written, reply_to, key, files)


async def _reply_by_steps(
    state: State,
    viewer: Viewer,
    thread: Thread,
    written: Written,
    reply_to: str | None,
    key: RequestKey | None,
    files: Sequence[FileChoice],
) -> Posted:
    announcer = announcer_of(state)
    async with state.transaction() as tx:
        posted = await post_reply(tx, viewer, thread, written, reply_to, key, files)
        is_told = posted.read is None or announcer.tell(tx, viewer.id, posted.read)
    if posted.read is not None and not is_told:
        announcer.tell_later(viewer.id, posted.read)
    return posted


async def send_read(state: State, viewer: Viewer, thread_id: str, ranges: Ranges) -> None:
    """`reading_commands.mark_read`."""
    announcer = announcer_of(state)
    async with state.transaction() as tx:
        place = await mark_read(tx, viewer, thread_id, ranges)
        is_told = place is None or announcer.tell(tx, viewer.id, place)
    if place is not None and not is_told:
        announcer.tell_later(viewer.id, place)


async def send_all_read(state: State, viewer: Viewer, network_id: str, position: int) -> None:
    """`reading_commands.mark_all_read`."""
    announcer = announcer_of(state)
    async with state.transaction() as tx:
        place = await mark_all_read(tx, viewer, network_id, position)
        is_told = place is None or announcer.tell(tx, viewer.id, place)
    if place is not None and not is_told:
        announcer.tell_later(viewer.id, place)
