"""The title of a thread goes with the post that begins it, where that is hidden or erased and the title says the same.

A title that must not be read stands in no log either: there the words of before are left out, or emptied.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from forum.acts.posts import Held
from forum.acts.recording import Act, write_act
from forum.acts.threads import belongs
from forum.audit import Deed, empty_words_about, record, text_hash
from forum.errors import Invalid
from forum.events import ThreadChanged
from forum.tables import threads
from forum.telling import tell
from forum.text import ERASED, shares_words
from ground.columns import Identifier
from realtime.transaction import Transaction

NOT_THE_FIRST = "This post does not begin its thread, so the title is not changed with it."
_LOCK = (
    select(threads.c.title, threads.c.version, threads.c.author_id)
    .where(threads.c.id == bindparam("titled_id", type_=Identifier))
    .with_for_update(key_share=True)
)


async def retitle_hidden(tx: Transaction, by_id: str, post: Held, title: str, reason: str) -> None:
    """Give the thread another title in the act that hides its first post. Raises Invalid for any other post."""
    if post.number != 1:
        raise Invalid({"title": NOT_THE_FIRST})
    thread = (await tx.execute(_LOCK, {"titled_id": post.thread_id})).one()
    if title == thread.title:
        return
    await _set_title(tx, post, title, thread.version)
    await empty_words_about(tx, post.thread_id, ("title", "before", "after"), lambda word: word == thread.title)
    act = Act(
        kind="retitle",
        network_id=post.network_id,
        by_id=by_id,
        reason=reason,
        thread_id=post.thread_id,
        account_id=thread.author_id,
        before={"title": text_hash(thread.title)},
        after={"title": text_hash(title)},
        names={"after": title},
    )
    act_id = await write_act(tx, act)
    if thread.author_id != by_id and await belongs(tx, post.network_id, thread.author_id):
        await tell(tx, [thread.author_id], "act.concerns_me", act_id, network_id=post.network_id)


async def erase_title(tx: Transaction, post: Held, said: Sequence[str], by_id: str | None) -> None:
    """Where the post begins its thread and the title has a word in common with what it said, that is erased as well."""
    if post.number != 1:
        return
    thread = (await tx.execute(_LOCK, {"titled_id": post.thread_id})).one()
    await empty_words_about(tx, post.thread_id, ("title", "before", "after"), lambda word: shares_words(word, said))
    if not shares_words(thread.title, said):
        return
    await _set_title(tx, post, ERASED, thread.version)
    deed = Deed(
        act="thread.title_erased",
        kind="thread",
        object_id=post.thread_id,
        network_id=post.network_id,
        actor_id=by_id,
        subject_id=thread.author_id,
    )
    await record(tx, deed)


async def _set_title(tx: Transaction, post: Held, title: str, version: int) -> None:
    await tx.execute(update(threads).where(threads.c.id == post.thread_id).values(title=title, version=version + 1))
    tx.emit(post.stream, ThreadChanged(post.thread_id, version + 1))
