"""What others quoted of words that are erased goes with them, wherever it stands or waits for a moderator."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select, update

from forum.acts.cards import withhold_cards_of_post
from forum.acts.deciding import staff_of
from forum.acts.holding import Held
from forum.acts.posts import EXCERPT_LENGTH
from forum.acts.quoting import find_quoting
from forum.acts.titles import erase_hidden_titles
from forum.acts.veiling import unveil
from forum.audit import Deed, record
from forum.events import PostEdited
from forum.streams import network_stream
from forum.tables import held_posts, post_versions, posts, threads
from forum.telling import tell
from forum.text import Quoted, excerpt, link_quotes, mentioned_in, plain_text_html, render_markdown
from forum.unindexing import forget_words_of
from realtime.transaction import Transaction

_LETTER = '<div class="letter">'


async def erase_quotes(
    tx: Transaction,
    post: Held,
    by_id: str | None,
    quoting_ids: Iterable[str],
    said: Sequence[str],
    titles: Sequence[str] = (),
) -> None:
    """From these posts, whose networks are held; those of other networks are told nothing of the first.

    `titles`: which titles went with it.
    """
    elsewhere, here = Quoted(said), Quoted(said, f"in post {post.number}:")
    touched: set[str] = set()
    for quoting_id in quoting_ids:
        each = await find_quoting(tx.connection, quoting_id)
        if each is None:
            continue
        row, is_here = each.post, each.post.network_id == post.network_id
        quoted = here if row.thread_id == post.thread_id else elsewhere
        if await _erase_from_post(tx, row, quoted) | await _erase_from_versions(tx, row, each.versions, quoted):
            touched.add(row.thread_id)
            await _note_erased_quote(tx, row, by_id if is_here else None, tell_staff=not is_here)
        await unveil(tx, row.id)
    await erase_hidden_titles(tx, touched, [*said, *titles])
    for thread_id in sorted(touched):
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
    await withhold_cards_of_post(tx, row.id, row.thread_id, by_id)
    whom = {row.author_id, *(await staff_of(tx, row.network_id) if tell_staff else ())}
    await tell(tx, whom - {by_id}, "quotation.erased", row.id, network_id=row.network_id)


async def erase_from_waiting(tx: Transaction, said: Collection[str]) -> None:
    """What waits for a moderator, or was turned down, quotes it no longer either."""
    quoted = Quoted(said)
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
