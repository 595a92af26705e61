"""Begin threads, write and edit posts. Each in one transaction, counters last, with one event.

Removing one is for `forum.acts.posts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, insert, select, update

from forum.acts.cases import tell_of_change
from forum.acts.refusing import refuse_hidden_quotations
from forum.attaching import FileChoice, are_the_same, attach, change_files
from forum.errors import Conflict, Forbidden, ForumError, Invalid, Moved, NotFound
from forum.events import PostCreated, PostEdited, ThreadCreated
from forum.idempotency import RequestKey, claim
from forum.policy import (
    REASONS,
    ending_of,
    is_free_of_limits,
    may_edit_post,
    may_reply,
    may_start_thread,
    writable,
)
from forum.records import Person, Post, PostFile, ReplyTo, Thread
from forum.streams import network_stream, thread_stream
from forum.tables import networks, post_versions, posts, threads
from forum.text.cleaning import WRITE_SOMETHING
from forum.threads import queries
from forum.threads.addressing_commands import Spot, note_addressed, note_addressed_anew, spot_of
from forum.threads.appending_commands import append
from forum.threads.held_queries import is_waiting
from forum.threads.place_queries import find_thread_place
from forum.threads.reading_commands import Reading, Standing, add_read, hold_reading, hold_standing, place_of
from forum.threads.waiting_commands import (
    Waiting,
    hold,
    must_wait,
    refuse_changes,
    refuse_haste,
    refuse_silenced,
)
from forum.threads.writing import Written
from forum.viewer import Viewer
from ground.columns import Identifier, new_id, now
from realtime.transaction import Transaction

NO_LONGER_MEMBER = "You are no longer a member of this network, so nothing was posted."
SLOWED_MEANWHILE = (
    "A moderator slowed this thread down while you were writing. Your words are kept below: send them again."
)
LOCKED_MEANWHILE = "This thread was locked while you were writing. Your words are kept below."
ENDED_MEANWHILE = "This network became read only while you were writing, so nothing was posted."
NO_SUCH_POST = "The post you answer is not in this thread."
EDITED_MEANWHILE = "This post was changed while you were editing it."


@dataclass(frozen=True, slots=True)
class Posted:
    """What a request made, or had made when it came first (`is_replay`)."""

    object_id: str
    is_replay: bool
    read: str | None = None
    """What is to be announced to the author's other screens, where writing marked older posts as read."""
    post: Post | None = None
    """The reply as it stands; None where the request came before, or the reply waits."""
    is_held: bool = False
    """It waits for a moderator; once it is approved it has this `object_id`."""


_COUNT_THREAD = (
    update(networks)
    .where(networks.c.id == bindparam("in_network", type_=Identifier), writable())
    .values(post_count=networks.c.post_count + 1, thread_count=networks.c.thread_count + 1)
    .returning(networks.c.post_count, networks.c.thread_count)
)


_TOUCH_THREAD = (
    update(threads)
    .where(threads.c.id == bindparam("in_thread", type_=Identifier))
    .values(version=threads.c.version + 1)
)
_INSERT_THREAD = insert(threads)
_INSERT_POST = insert(posts)


async def start_thread(
    tx: Transaction,
    viewer: Viewer,
    network_id: str,
    title: str,
    written: Written,
    key: RequestKey | None = None,
    files: Sequence[FileChoice] = (),
) -> Posted:
    """Begin a thread with its first post; `object_id` is the thread's. Raises NotFound, Forbidden and Invalid."""
    if not await queries.may_read_network(tx.connection, viewer, network_id):
        raise NotFound
    decision = may_start_thread(viewer, network_id)
    if not decision:
        raise Forbidden(decision.reason)
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return await _made_before(tx, claimed.object_id)
    standing = await hold_standing(tx, viewer.id, network_id)
    if standing is None:
        raise Forbidden(NO_LONGER_MEMBER)
    await refuse_silenced(tx, standing)
    if must_wait(viewer, standing):
        waiting = Waiting(claimed.object_id, network_id, written.body, title=title)
        return await _let_wait(tx, viewer, standing, waiting, files)
    post_id = await begin_thread(tx, standing, claimed.object_id, title, written)
    await attach(tx, viewer.id, network_id, files, post_id=post_id)
    await refuse_hidden_quotations(tx, viewer, written.body)
    return Posted(claimed.object_id, False)


async def _let_wait(
    tx: Transaction, viewer: Viewer, standing: Standing, waiting: Waiting, files: Sequence[FileChoice]
) -> Posted:
    """Keep the words, and their files, until a moderator has read them."""
    await refuse_hidden_quotations(tx, viewer, waiting.body)
    await hold(tx, standing, waiting)
    await attach(tx, viewer.id, waiting.network_id, files, held_id=waiting.id)
    return Posted(waiting.id, False, is_held=True)


async def _made_before(tx: Transaction, object_id: str) -> Posted:
    """What the same request made when it came first."""
    return Posted(object_id, True, is_held=await is_waiting(tx.connection, object_id))


async def begin_thread(tx: Transaction, standing: Standing, thread_id: str, title: str, written: Written) -> str:
    """Write a thread and its first post, by the member whose standing is held; the id of the post."""
    network_id, author_id, post_id, moment = standing.network_id, standing.account_id, new_id(), now()
    counted = (await tx.execute(_COUNT_THREAD, {"in_network": network_id})).one_or_none()
    if counted is None:
        raise Forbidden(ENDED_MEANWHILE)
    thread = {
        "id": thread_id,
        "network_id": network_id,
        "number": counted.thread_count,
        "title": title,
        "author_id": author_id,
        "created_at": moment,
        "post_count": 1,
        "first_position": counted.post_count,
        "last_position": counted.post_count,
        "last_post_at": moment,
        "last_author_id": author_id,
    }
    await tx.execute(_INSERT_THREAD, thread)
    first = {"thread_id": thread_id, "network_id": network_id, "number": 1, "position": counted.post_count}
    words = {"body": written.body, "html": written.html, "excerpt": written.excerpt}
    await tx.execute(_INSERT_POST, {"id": post_id, "author_id": author_id, "created_at": moment, **first, **words})
    await note_addressed(tx, Spot(post_id, author_id, thread_id, network_id, 1, counted.post_count), written.mentions)
    await add_read(tx, Reading(standing, thread_id, (), 0, 1), ((1, 1),))
    tx.emit(network_stream(network_id), ThreadCreated(thread_id))
    return post_id


async def post_reply(
    tx: Transaction,
    viewer: Viewer,
    thread: Thread,
    written: Written,
    reply_to: str | None = None,
    key: RequestKey | None = None,
    files: Sequence[FileChoice] = (),
) -> Posted:
    """Write a post in a thread that the viewer may read; all that stands before it counts as read by them.

    Membership and lock are asked again. Raises Forbidden, and Invalid where `reply_to` is
    no post of this thread, or where it quotes what stands hidden as patient data, or a file is not there any more.
    """
    decision = may_reply(viewer, thread)
    if not decision:
        raise Forbidden(decision.reason)
    answered = None
    if reply_to is not None:
        answered = await queries.find_answered(tx.connection, viewer, reply_to, thread.id)
        if answered is None:
            raise Invalid({"reply_to": NO_SUCH_POST})
    claimed = await claim(tx, viewer.id, key, new_id())
    if claimed.is_replay:
        return await _made_before(tx, claimed.object_id)
    reading = await hold_reading(tx, viewer.id, thread.network_id, thread.id)
    if reading is None:
        raise await _why_not(tx, viewer, thread, is_member=False)
    await refuse_silenced(tx, reading.standing)
    pace = await refuse_haste(tx, viewer, thread)
    if must_wait(viewer, reading.standing):
        waiting = Waiting(claimed.object_id, thread.network_id, written.body, thread.id, reply_to_id=reply_to)
        return await _let_wait(tx, viewer, reading.standing, waiting, files)
    draft = draft_post(claimed.object_id, thread, viewer, written, answered)
    despite_lock = is_free_of_limits(viewer, thread.network_id)
    post = await append(tx, draft, written, reading, despite_lock=despite_lock, slow_at_most=pace)
    if post is None:
        raise await _why_not(tx, viewer, thread, is_member=True)
    post = await _attach(tx, viewer, post, files)
    return await _posted(tx, viewer, thread, post, written, reading)


async def _attach(tx: Transaction, viewer: Viewer, post: Post, files: Sequence[FileChoice]) -> Post:
    if not files:
        return post
    await attach(tx, viewer.id, post.network_id, files, post_id=post.id)
    return replace(post, files=(await queries.get_post(tx.connection, viewer, post.id)).files)


async def _posted(
    tx: Transaction, viewer: Viewer, thread: Thread, post: Post, written: Written, reading: Reading
) -> Posted:
    """Say that the post is there, and to whom it speaks. Raises Invalid where it says again what stands hidden."""
    await refuse_hidden_quotations(tx, viewer, written.body)
    await note_addressed(tx, spot_of(post), written.mentions)
    more = post.number - reading.counted
    tx.emit(network_stream(thread.network_id), PostCreated(post.id))
    return Posted(post.id, False, place_of(reading.standing.id, thread.id) if more > 1 else None, post)


async def _why_not(tx: Transaction, viewer: Viewer, thread: Thread, *, is_member: bool) -> ForumError:
    """Why nothing could be written in a thread where the viewer found, a moment before, that they may."""
    now_there = await find_thread_place(tx.connection, viewer, thread.id)
    if now_there.network_id != thread.network_id:
        return Moved() if now_there.is_readable else NotFound()
    if not is_member:
        return Forbidden(NO_LONGER_MEMBER)
    is_slower = now_there.slow_minutes > thread.slow_minutes and not now_there.is_locked
    return Forbidden(SLOWED_MEANWHILE if is_slower else LOCKED_MEANWHILE)


def draft_post(post_id: str, thread: Thread, viewer: Viewer, written: Written, answered: ReplyTo | None = None) -> Post:
    """The post as it will be read, but for its numbers."""
    account = viewer.account
    if account is None:
        raise Forbidden(NO_LONGER_MEMBER)
    return Post(
        id=post_id,
        thread_id=thread.id,
        network_id=thread.network_id,
        number=0,
        position=0,
        author=Person(account.id, account.name, account.job_title, account.organisation),
        html=written.html,
        reply_to=answered,
        answers=(),
        created_at=now(),
        edited_at=None,
        removed_at=None,
        removed_by_author=False,
        removal_reason="",
        is_imported=False,
        version=1,
        body=written.body,
    )


_HOLD_NETWORK = (
    select(networks.c.archived_at, networks.c.deletes_at)
    .join(posts, posts.c.network_id == networks.c.id)
    .where(posts.c.id == bindparam("held_in", type_=Identifier))
    .with_for_update(read=True, of=networks)
)
_LOCK_POST = (
    select(posts.c.id).where(posts.c.id == bindparam("locked_id", type_=Identifier)).with_for_update(key_share=True)
)
_KEEP_VERSION = insert(post_versions).from_select(
    ["post_id", "version", "body", "html", "written_at"],
    select(
        posts.c.id,
        posts.c.version,
        posts.c.body,
        posts.c.html,
        queries.written_at(),
    ).where(posts.c.id == bindparam("kept_id", type_=Identifier)),
    include_defaults=False,
)


async def _hold_post(tx: Transaction, viewer: Viewer, post_id: str, *, to_write: bool = False) -> tuple[Post, Thread]:
    """The post as it stands, its row locked until the end of the transaction, and its thread.

    The network is not opened meanwhile, nor archived: who hears of the thread stays as it is found. Raises NotFound,
    and Forbidden where it is `to_write` in a network that has become read only.
    """
    held = (await tx.execute(_HOLD_NETWORK, {"held_in": post_id})).one_or_none()
    await tx.execute(_LOCK_POST, {"locked_id": post_id})
    post = await queries.get_post(tx.connection, viewer, post_id)
    ending = ending_of(held.archived_at, held.deletes_at) if held is not None and to_write else ""
    if ending:
        raise Forbidden(REASONS[ending])
    return post, await queries.get_thread(tx.connection, viewer, post.thread_id)


async def _refuse_changes(tx: Transaction, viewer: Viewer, post_id: str) -> None:
    """A silence that began since the form was shown holds as well; the membership comes before all other locks."""
    post = await queries.get_post(tx.connection, viewer, post_id)
    if post.author.id == viewer.id:
        await refuse_changes(tx, viewer, post.network_id)


def _refuse_nothing(written: Written, files: Sequence[PostFile | FileChoice]) -> None:
    """Without words a post must carry something. Raises Invalid."""
    if not (written.body or files):
        raise Invalid({"body": WRITE_SOMETHING})


async def edit_post(
    tx: Transaction,
    viewer: Viewer,
    post_id: str,
    written: Written,
    expected: int | None = None,
    files: Sequence[FileChoice] | None = None,
) -> Post:
    """Give one's post other words, or other files where they are given; what it said is kept as a version.

    The post as it was before.

    Raises NotFound, Forbidden, Conflict where the post is no longer at the `expected` version, and Invalid where it
    quotes what stands hidden as patient data.
    """
    await _refuse_changes(tx, viewer, post_id)
    post, thread = await _hold_post(tx, viewer, post_id, to_write=True)
    if not (decision := may_edit_post(viewer, post, thread)):
        raise Forbidden(decision.reason)
    if expected is not None and expected != post.version:
        raise Conflict(EDITED_MEANWHILE)
    _refuse_nothing(written, post.files if files is None else files)
    is_same = files is None or are_the_same(post.files, files)
    if written.body == post.body and is_same:
        return post
    await refuse_hidden_quotations(tx, viewer, written.body)
    await tx.execute(_KEEP_VERSION, {"kept_id": post_id})
    words = {"body": written.body, "html": written.html, "excerpt": written.excerpt}
    edited = update(posts).where(posts.c.id == post_id).values(**words, edited_at=now(), is_imported=False)
    await tx.execute(edited.values(version=post.version + 1))
    if files is not None and not is_same:
        await change_files(tx, viewer.id, thread.network_id, post_id, post.version + 1, post.files, files)
    await note_addressed_anew(tx, spot_of(post), written.mentions)
    await tx.execute(_TOUCH_THREAD, {"in_thread": thread.id})
    await tell_of_change(tx, post_id, thread.network_id)
    tx.emit(thread_stream(thread), PostEdited(post_id, post.version + 1))
    return post
