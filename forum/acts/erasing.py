"""Words are erased for good: the post, its versions, and what others quoted of it. A stub and an audit row stay.

In one transaction: whoever is killed in the middle has erased nothing. SQLite writes over what is deleted, and its log
is emptied at once. What was made of the words elsewhere goes with them by itself: letters and events hold ids alone,
and rendered parts are kept under a version that nobody asks for any more. Backups that were made before keep the words
for as long as they are kept themselves.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from forum.acts.cases import close_cases_about
from forum.acts.deciding import staff_of
from forum.acts.holding import Held, hold_post
from forum.acts.posts import EXCERPT_LENGTH, touch_thread
from forum.acts.quotations import REPEATS
from forum.acts.quoting import hold_networks_of, may_quote, said_in
from forum.acts.recording import Act, tell_of_act, write_act
from forum.acts.titles import erase_hidden_titles, erase_title
from forum.acts.undoing import take_back_quotations
from forum.attaching import forget_files
from forum.audit import Deed, record
from forum.errors import Forbidden, Invalid, NotFound
from forum.events import PostEdited, PostRemoved
from forum.policy import may_erase
from forum.streams import network_stream
from forum.tables import (
    acts,
    addressed_posts,
    cases,
    held_posts,
    mentions,
    post_files,
    post_versions,
    posts,
    reports,
    threads,
)
from forum.telling import tell
from forum.text import Quoted, excerpt, link_quotes, mentioned_in, plain_text_html, render_markdown
from forum.unindexing import forget_words_of
from forum.viewer import Viewer
from ground.columns import now
from realtime.transaction import Transaction

SAY_WHY = "Say why it is erased, without the words themselves: the reason stays."
QUOTED_IS_ERASED = "The words that it quoted were erased for good. The rest can be read again."
_LETTER = '<div class="letter">'


async def erase_post(
    tx: Transaction,
    viewer: Viewer | None,
    post_id: str,
    reason: str,
    *,
    only_if: Select[Any] | None = None,
    keep_title: bool = False,
) -> str | None:
    """Erase a post, by an administrator of the site or (without a viewer) by Confer itself; the act's id.

    The title of a thread that it begins goes as well, unless a moderator kept or gave it, or `keep_title`.

    None where it was erased before, or where `only_if` finds nothing once the post is held: then nothing is done.
    Nothing of the post is told to whoever asks. Raises Forbidden, Invalid without a reason, and NotFound.
    """
    if viewer is not None:
        decision = may_erase(viewer)
        if not decision:
            raise Forbidden(decision.reason)
    if not reason:
        raise Invalid({"reason": SAY_WHY})
    # Nobody writes, edits or quotes in these networks until this is done.
    held = await hold_networks_of(tx, [post_id, *await posts_quoting(tx.connection, post_id)])
    if not held:
        raise NotFound
    post = await hold_post(tx, None, post_id)
    is_wanted = only_if is None or (await tx.execute(only_if)).first() is not None
    if post.erased_at is not None or not is_wanted:
        return None
    by_id = viewer.id if viewer is not None else None
    await _erase_quotes(tx, post, by_id, held, keep_title=keep_title)
    await _erase_words(tx, post, by_id)
    act_id = await write_act(tx, _act(post, by_id, reason))
    await close_cases_about(tx, post.id, "agreed", by_id, act_id)
    await _tell_of_erasing(tx, post, act_id, by_id)
    await _quote_again(tx, post, held)
    return act_id


def _act(post: Held, by_id: str | None, reason: str) -> Act:
    return Act(
        kind="erase",
        network_id=post.network_id,
        by_id=by_id,
        reason=reason,
        post_id=post.id,
        thread_id=post.thread_id,
        account_id=post.author_id,
        after={"version": post.version + 1},
    )


async def _tell_of_erasing(tx: Transaction, post: Held, act_id: str, by_id: str | None) -> None:
    if post.author_id != by_id:
        await tell_of_act(tx, act_id, post.author_id, post.network_id)
    staff = set(await staff_of(tx, post.network_id)) - {post.author_id, by_id}
    await tell(tx, staff, "post.erased", act_id, network_id=post.network_id)
    tx.emit(post.stream, PostRemoved(post.id, post.version + 1))


async def _quote_again(tx: Transaction, post: Held, held: Sequence[str]) -> None:
    """What was hidden because it quoted these words no longer does, and can be read again without them."""
    hiding = select(acts.c.id).where(
        acts.c.post_id == post.id,
        acts.c.kind.in_(("hide", "remove")),
        acts.c.rule == "patient_data",
        acts.c.undone_at.is_(None),
    )
    for act_id in list((await tx.execute(hiding.order_by(acts.c.id))).scalars()):
        for network_id in held:
            await take_back_quotations(tx, None, act_id, network_id, QUOTED_IS_ERASED)
        repeating = select(acts.c.post_id).where(
            acts.c.undone_at.is_(None), acts.c.before[REPEATS].as_string() == act_id
        )
        for repeating_id in (await tx.execute(repeating)).scalars():
            tx.enqueue("erase_repeat", {"act_id": act_id, "post_id": repeating_id})


async def _erase_words(tx: Transaction, post: Held, by_id: str | None) -> None:
    tx.forgets = True
    values: dict[str, Any] = {
        "body": "",
        "html": "",
        "excerpt": "",
        "erased_at": now(),
        "file_count": 0,
        "version": post.version + 1,
    }
    if post.removed_at is None:
        values |= {"removed_at": now(), "removed_by": by_id}
    await tx.execute(update(posts).where(posts.c.id == post.id).values(values))
    for table in (post_versions, mentions, addressed_posts):
        await tx.execute(delete(table).where(table.c.post_id == post.id))
    await forget_files(tx, post_files.c.post_id == post.id)
    await forget_words_of(tx, post.id)
    # Whoever reported it may have repeated what it said.
    about = select(cases.c.id).where(cases.c.post_id == post.id)
    await tx.execute(update(reports).where(reports.c.case_id.in_(about)).values(words=""))
    await touch_thread(tx, post)


# -- What others quoted ------------------------------------------------------------------------------


async def posts_quoting(connection: AsyncConnection, post_id: str) -> list[str]:
    """Posts that quote this one, wherever they stand."""
    quoted = Quoted((await said_in(connection, [post_id]))[post_id])
    return [each.post.id async for each in may_quote(connection, None, post_id) if each.quotes(quoted)]


async def _erase_quotes(
    tx: Transaction, post: Held, by_id: str | None, held: Sequence[str], *, keep_title: bool
) -> None:
    """In its own network, and in the others where it is quoted; these are told nothing of the first."""
    said = (await said_in(tx.connection, [post.id]))[post.id]
    titles = await erase_title(tx, post, said, by_id, keep=keep_title)
    elsewhere, here = Quoted(said), Quoted(said, f"in post {post.number}:")
    touched: set[str] = set()
    for network_id in held:
        is_here = network_id == post.network_id
        async for each in may_quote(tx.connection, network_id, post.id):
            row = each.post
            quoted = here if row.thread_id == post.thread_id else elsewhere
            if await _erase_from_post(tx, row, quoted) | await _erase_from_versions(tx, row, each.versions, quoted):
                touched.add(row.thread_id)
                await _note_erased_quote(tx, row, by_id if is_here else None, tell_staff=not is_here)
    await _erase_from_waiting(tx, elsewhere)
    await erase_hidden_titles(tx, touched, [*said, *titles])
    for thread_id in sorted(touched - {post.thread_id}):
        await tx.execute(update(threads).where(threads.c.id == thread_id).values(version=threads.c.version + 1))


async def _note_erased_quote(tx: Transaction, row: Row[Any], by_id: str | None, *, tell_staff: bool) -> None:
    """The proof of it in the network where it was quoted, and word to who wrote it and who must know."""
    deed = Deed(
        act="post.quotation_erased",
        kind="post",
        object_id=row.id,
        network_id=row.network_id,
        actor_id=by_id,
        subject_id=row.author_id,
    )
    await record(tx, deed)
    whom = {row.author_id, *(await staff_of(tx, row.network_id) if tell_staff else ())}
    await tell(tx, whom - {by_id}, "quotation.erased", row.id, network_id=row.network_id)


async def _erase_from_waiting(tx: Transaction, quoted: Quoted) -> None:
    """What waits for a moderator, or was turned down, quotes it no longer either."""
    quoting = select(held_posts.c.id, held_posts.c.body).where(held_posts.c.body.contains(">"))
    for row in (await tx.execute(quoting)).all():
        body = quoted.erase_from(row.body)
        if body != row.body:
            this = (held_posts.c.id == row.id) & (held_posts.c.body == row.body)
            await tx.execute(update(held_posts).where(this).values(body=body))


async def _erase_from_post(tx: Transaction, row: Row[Any], quoted: Quoted) -> bool:
    body = quoted.erase_from(row.body, is_letter=row.is_imported)
    if body == row.body:
        return False
    html = _laid_out(body, row.html, row.is_imported, row.thread_id)
    values = {"body": body, "html": html, "version": row.version + 1}
    if row.removed_at is None:
        values["excerpt"] = excerpt(html, EXCERPT_LENGTH)
    await tx.execute(update(posts).where(posts.c.id == row.id).values(values))
    await forget_words_of(tx, row.id)
    if row.removed_at is None and row.is_heard:
        tx.emit(network_stream(row.network_id), PostEdited(row.id, row.version + 1))
    return True


async def _erase_from_versions(tx: Transaction, row: Row[Any], versions: Sequence[Row[Any]], quoted: Quoted) -> bool:
    found = False
    for version in versions:
        is_letter = version.html.startswith(_LETTER)  # it was brought in from an archive and edited later
        body = quoted.erase_from(version.body, is_letter=is_letter)
        if body != version.body:
            found = True
            values = {"body": body, "html": _laid_out(body, version.html, is_letter, row.thread_id)}
            this = (post_versions.c.post_id == row.id) & (post_versions.c.version == version.version)
            await tx.execute(update(post_versions).where(this).values(values))
    return found


def _laid_out(body: str, before: str, is_imported: bool, thread_id: str) -> str:
    """The text as it was laid out before, with the same people mentioned."""
    if is_imported:
        return plain_text_html(body)
    return link_quotes(render_markdown(body, mentioned_in(before)), thread_id)
