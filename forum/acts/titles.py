"""The title of a thread goes with the post that begins it: hidden with it as patient or personal data, and erased.

Whoever hides the post says what becomes of the title: nothing more than that hides it, too; they may keep one that says
nothing of anybody, or give another. A hidden title is kept beside, as the words of a hidden post are: it comes back
with the post, and never once that is erased. A title that must not be read stands in no log either: there the words of
before are emptied. How the title was settled, the act knows by a hash.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, select, update

from forum.acts.holding import Held, hold_post
from forum.acts.recording import Act, write_act
from forum.acts.threads import belongs
from forum.audit import Deed, empty_words_about, record, text_hash
from forum.errors import Invalid
from forum.events import ThreadChanged
from forum.records import Rule
from forum.tables import acts, held_posts, posts, threads
from forum.telling import tell
from forum.text import ERASED, shares_words
from forum.unindexing import forget_words_of
from ground.columns import Identifier
from realtime.transaction import Transaction

HIDDEN_TITLE = "[title hidden]"
NOT_THE_FIRST = "This post does not begin its thread, so the title is not changed with it."
ONE_OF_BOTH = "Keep the title as it is, or give another: not both."
SETTLED = "settled_title"
"""In `acts.before` of what hid or removed a first post: the hash of the title as it was left."""
HIDES_TITLE: Collection[Rule] = ("patient_data", "personal_data")
_IN_THE_LOG = ("title", "before", "after")
_LOCK = (
    select(threads.c.title, threads.c.hidden_title, threads.c.version, threads.c.author_id)
    .where(threads.c.id == bindparam("titled_id", type_=Identifier))
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class TitleWish:
    """What whoever takes a first post away wants with the title: to `keep` it, or another; else it is hidden, too."""

    keep: bool = False
    title: str = ""


AS_IT_IS = TitleWish()


@dataclass(frozen=True, slots=True)
class Settled:
    """How a title was settled: what the act remembers, and what the log says."""

    before: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    after: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


async def settle_title(
    tx: Transaction, by_id: str | None, post: Held, rule: Rule | None, wish: TitleWish, reason: str
) -> Settled:
    """Settle the title with whatever takes a post out of sight. Raises Invalid for a wish that can't be met."""
    if post.number != 1:
        if wish.keep or wish.title:
            raise Invalid({"title" if wish.title else "keep_title": NOT_THE_FIRST})
        return Settled()
    if wish.keep and wish.title:
        raise Invalid({"title": ONE_OF_BOTH})
    thread = (await tx.execute(_LOCK, {"titled_id": post.thread_id})).one()
    if wish.title and wish.title != thread.title:
        await _replace(tx, by_id, post, thread, wish.title, reason)
        if rule in HIDES_TITLE:
            await _forget_in_log(tx, post, lambda word: word != wish.title)
        return _as(wish.title)
    if rule not in HIDES_TITLE:
        return Settled()
    # An earlier title may be what named somebody, whatever it is called by now.
    is_kept = wish.keep or bool(wish.title)
    await _forget_in_log(tx, post, lambda word: not is_kept or word != thread.title)
    if is_kept:
        return _as(thread.title, "kept")
    if thread.title not in (HIDDEN_TITLE, ERASED):
        await _set_title(tx, post, thread, HIDDEN_TITLE, hidden=thread.title)
    return _as(HIDDEN_TITLE, "hidden")


def _as(title: str, how: str = "") -> Settled:
    return Settled({SETTLED: text_hash(title)}, {"title": how} if how else {})


async def _replace(tx: Transaction, by_id: str | None, post: Held, thread: Row[Any], title: str, reason: str) -> None:
    """Another title, by an act of its own; the one of before is kept nowhere."""
    await _set_title(tx, post, thread, title)
    gone = (thread.title, thread.hidden_title)
    await _forget_in_log(tx, post, lambda word: word in gone)
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


async def give_title_back(tx: Transaction, post: Held, act_id: str) -> None:
    """With a first post that this act had hidden comes its title, unless it has another by now, or another act that
    was not undone hides it still. The words that were emptied in the log stay so."""
    if post.number != 1:
        return
    thread = (await tx.execute(_LOCK, {"titled_id": post.thread_id})).one()
    settled = await _settled(tx, post.id)
    if not thread.hidden_title or settled.keys() - {act_id}:
        return
    title = thread.hidden_title if thread.title == HIDDEN_TITLE else thread.title
    await _set_title(tx, post, thread, title)


async def hide_title_of(tx: Transaction, thread_id: str) -> None:
    """Hide the title of a thread about a document that names somebody, and of which the title speaks."""
    post = await _hold_first(tx, thread_id)
    thread = (await tx.execute(_LOCK, {"titled_id": thread_id})).one()
    await _forget_in_log(tx, post, lambda _: True)
    if thread.title not in (HIDDEN_TITLE, ERASED):
        await _set_title(tx, post, thread, HIDDEN_TITLE, hidden=thread.title)


async def give_back_title_of(tx: Transaction, thread_id: str) -> None:
    """It comes back with the document, unless it has another by now or its first post is hidden by an act."""
    post = await _hold_first(tx, thread_id)
    thread = (await tx.execute(_LOCK, {"titled_id": thread_id})).one()
    if thread.title == HIDDEN_TITLE and thread.hidden_title and not await _settled(tx, post.id):
        await _set_title(tx, post, thread, thread.hidden_title)


async def _hold_first(tx: Transaction, thread_id: str) -> Held:
    first = select(posts.c.id).where(posts.c.thread_id == thread_id, posts.c.number == 1)
    return await hold_post(tx, None, (await tx.execute(first)).scalar_one())


async def erase_title(
    tx: Transaction, post: Held, said: Sequence[str], by_id: str | None, *, keep: bool
) -> Sequence[str]:
    """Erase the title with a first post; which titles went. One that a moderator kept or gave stays.

    One that somebody gave it since it was settled goes where it has a word in common with what was said.
    """
    if post.number != 1:
        return []
    thread = (await tx.execute(_LOCK, {"titled_id": post.thread_id})).one()
    settled = (await _settled(tx, post.id)).values()
    stays = thread.title != HIDDEN_TITLE and (keep or text_hash(thread.title) in settled)
    goes = not stays and (thread.title == HIDDEN_TITLE or not settled or shares_words(thread.title, said))
    gone = [thread.title] if goes else []
    gone += [thread.hidden_title] if thread.hidden_title else []
    await _forget_in_log(tx, post, lambda word: goes or word != thread.title)
    if not gone:
        return []
    await _set_title(tx, post, thread, ERASED if goes else thread.title)
    if goes:
        deed = Deed(
            act="thread.title_erased",
            kind="thread",
            object_id=post.thread_id,
            network_id=post.network_id,
            actor_id=by_id,
            subject_id=thread.author_id,
        )
        await record(tx, deed)
    return gone


async def erase_title_about(tx: Transaction, thread_id: str, title: str, by_id: str | None) -> None:
    """With a document of this title goes that of the thread about it, where it was hidden or says the same."""
    post = await _hold_first(tx, thread_id)
    thread = (await tx.execute(_LOCK, {"titled_id": thread_id})).one()
    goes = thread.title == HIDDEN_TITLE or shares_words(thread.title, [title])
    if not goes and not thread.hidden_title:
        return
    await _forget_in_log(tx, post, lambda _: True)
    await _set_title(tx, post, thread, ERASED if goes else thread.title)
    if goes:
        of_thread = {"network_id": post.network_id, "actor_id": by_id, "subject_id": thread.author_id}
        await record(tx, Deed(act="thread.title_erased", kind="thread", object_id=thread_id, **of_thread))


async def erase_hidden_titles(tx: Transaction, thread_ids: Collection[str], words: Sequence[str]) -> None:
    """Titles that were hidden because their thread began with a quote: what comes back says nothing of these words."""
    hidden = select(threads.c.id, threads.c.hidden_title).where(
        threads.c.id.in_(thread_ids), threads.c.hidden_title != ""
    )
    for row in (await tx.execute(hidden)).all():
        if shares_words(row.hidden_title, words):
            await tx.execute(update(threads).where(threads.c.id == row.id).values(hidden_title=ERASED))


async def _settled(tx: Transaction, post_id: str) -> dict[str, str]:
    """How acts on a post that stand have left the title: hashes, by the acts' ids."""
    settled = acts.c.before[SETTLED].as_string()
    standing: Select[Any] = select(acts.c.id, settled.label("title")).where(
        acts.c.post_id == post_id,
        acts.c.kind.in_(("hide", "remove")),
        acts.c.undone_at.is_(None),
        settled.is_not(None),
    )
    return {row.id: row.title for row in (await tx.execute(standing)).all()}


async def _forget_in_log(tx: Transaction, post: Held, is_gone: Any) -> None:
    await empty_words_about(tx, post.thread_id, _IN_THE_LOG, is_gone)


async def _set_title(tx: Transaction, post: Held, thread: Row[Any], title: str, hidden: str = "") -> None:
    """At once wherever it is read: lists, search, notifications, and mails, which ask for it when they are sent."""
    values: dict[str, Any] = {"title": title, "hidden_title": hidden, "version": threads.c.version + 1}
    await tx.execute(update(threads).where(threads.c.id == post.thread_id).values(values))
    if title == thread.title:
        return
    # A thread that waited for a moderator has the id of what waited. Where that was in another network, what it is
    # called here is told to nobody there: it loses its title all the same.
    is_here = held_posts.c.network_id == post.network_id
    elsewhere = title if title == ERASED else HIDDEN_TITLE
    named = update(held_posts).where(held_posts.c.id == post.thread_id)
    await tx.execute(named.values(title=case((is_here, title), else_=elsewhere)))
    await forget_words_of(tx, post.id)
    tx.emit(post.stream, ThreadChanged(post.thread_id, thread.version + 1))
