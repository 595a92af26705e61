"""Whoever takes their name along when they close their account: the name that Confer put above others' quotes of their
posts, and into mentions of them, goes too. What somebody typed in words of their own is theirs.

All posts are looked through, a bounded part in each of the worker's transactions, also those that are out of sight and
what posts said before. It is nobody's edit: no version is kept and nothing says that a post was edited; open pages are
told, as when an author edits. What is sent meanwhile by an older page is looked at before it is stored (`writing`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, or_, select, update

from auth.accounts import FORMER_MEMBER
from forum.acts.quoting import hold_networks_of
from forum.events import PostEdited
from forum.policy import threads_heard
from forum.streams import moderators_stream, network_stream
from forum.tables import held_posts, mentions, networks, post_versions, posts, threads
from forum.text import (
    excerpt,
    link_quotes,
    mentioned_ids,
    mentioned_in,
    name_mark,
    plain_text_html,
    quoted_numbers,
    rename_mentions,
    rename_quotes,
    render_markdown,
)
from forum.threads.naming_queries import find_former, find_former_authors
from forum.threads.writing import EXCERPT_LENGTH
from ground.columns import Identifier
from realtime.transaction import Transaction

MOST_LOOKED_AT = 500
MOST_WRITTEN = 10
"""So many posts one transaction looks at, or writes, while nobody writes in their networks."""
_LETTER = '<div class="letter">'


def _may_name(table: Any) -> Any:
    return or_(table.c.body.contains(" in post "), table.c.html.contains('class="mention"'))


_PART = (
    select(posts.c.id)
    .where(posts.c.id > bindparam("after", type_=Identifier))
    .order_by(posts.c.id)
    .limit(MOST_LOOKED_AT)
)
_BEFORE = exists(
    select(post_versions.c.post_id).where(post_versions.c.post_id == posts.c.id, _may_name(post_versions))
).correlate(posts)
_IDS = (
    select(posts.c.id)
    .where(posts.c.id.in_(bindparam("post_ids", expanding=True)), or_(_may_name(posts), _BEFORE))
    .order_by(posts.c.id)
)
_POSTS = (
    select(
        posts.c.id,
        posts.c.thread_id,
        posts.c.network_id,
        posts.c.body,
        posts.c.html,
        posts.c.is_imported,
        posts.c.removed_at,
        posts.c.version,
        threads_heard().label("is_heard"),
    )
    .join(threads, threads.c.id == posts.c.thread_id)
    .join(networks, networks.c.id == posts.c.network_id)
    .where(posts.c.id.in_(bindparam("post_ids", expanding=True)))
    .order_by(posts.c.id)
)
_VERSIONS = select(post_versions).where(post_versions.c.post_id.in_(bindparam("post_ids", expanding=True)))
_FIRST_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class _Former:
    """Who, of those that some posts name, is a nameless former member."""

    authors: dict[str, dict[int, str]]
    """By thread and number of the quoted post."""
    mentioned: set[str]
    mark: str

    def is_called(self, account_id: str, name: str) -> bool:
        """Whether that is the name that goes."""
        return name_mark(account_id, name) == self.mark

    def names(self, thread_id: str, words: Row[Any]) -> bool:
        """Whether a post, or an earlier version of it, has such a name. In what an archive holds Confer named none."""
        if words.html.startswith(_LETTER):
            return False
        renamed = self.rename(thread_id, words.body, words.html)
        return renamed != words.body or not mentioned_ids(words.html).isdisjoint(self.mentioned)

    def rename(self, thread_id: str, body: str, html: str) -> str:
        """The Markdown of a post without such names."""
        body = rename_quotes(body, self.authors.get(thread_id, {}), FORMER_MEMBER, self.is_called)
        return rename_mentions(body, html, self.mentioned, FORMER_MEMBER)


async def forget_names(tx: Transaction, after: str, mark: str) -> None:
    """Look at a part of all posts, those that come `after` this one, and leave a task for the rest.

    `mark`: of the name that goes, where it is known.
    """
    if not after:
        await _forget_in_waiting(tx, mark)
    looked_at = list((await tx.execute(_PART, {"after": after or _FIRST_ID})).scalars())
    found = list((await tx.execute(_IDS, {"post_ids": looked_at})).scalars()) if looked_at else []
    naming = await _list_naming(tx, found, mark)
    if len(naming) > MOST_WRITTEN:
        naming = naming[:MOST_WRITTEN]
        tx.enqueue("forget_names", {"after": naming[-1], "name": mark})
    elif len(looked_at) == MOST_LOOKED_AT:
        tx.enqueue("forget_names", {"after": looked_at[-1], "name": mark})
    if naming:
        tx.forgets = True
        await hold_networks_of(tx, naming)
        await _rewrite(tx, naming, mark)


async def _list_naming(tx: Transaction, post_ids: Sequence[str], mark: str) -> list[str]:
    """Which of these posts name a nameless former member, now or in an earlier version."""
    rows, versions = await _read(tx, post_ids)
    former = await _find_former(tx, rows, versions, mark)
    return [row.id for row in rows if any(former.names(row.thread_id, words) for words in (row, *versions[row.id]))]


async def _read(tx: Transaction, post_ids: Sequence[str]) -> tuple[Sequence[Row[Any]], dict[str, list[Row[Any]]]]:
    if not post_ids:
        return [], {}
    asked = {"post_ids": list(post_ids)}
    rows = (await tx.execute(_POSTS, asked)).all()
    versions: dict[str, list[Row[Any]]] = {row.id: [] for row in rows}
    for version in await tx.execute(_VERSIONS, asked):
        versions[version.post_id].append(version)
    return rows, versions


async def _find_former(
    tx: Transaction, rows: Sequence[Row[Any]], versions: dict[str, list[Row[Any]]], mark: str
) -> _Former:
    numbers: dict[str, set[int]] = {}
    account_ids = set[str]()
    for row in rows:
        for each in (row, *versions[row.id]):
            numbers.setdefault(row.thread_id, set()).update(quoted_numbers(each.body))
            account_ids |= mentioned_ids(each.html)
    authors = await find_former_authors(tx.connection, numbers)
    return _Former(authors, await find_former(tx.connection, account_ids), mark)


def _renamed(former: _Former, thread_id: str, words: Row[Any]) -> dict[str, str]:
    """The words of a post, or of an earlier version of it, without such names, laid out with the others in it."""
    body = former.rename(thread_id, words.body, words.html)
    people = {key: who for key, who in mentioned_in(words.html).items() if who not in former.mentioned}
    try:
        html = link_quotes(render_markdown(body, people), thread_id)
    except ValueError:  # it was laid out by an earlier version, and is too intricate for this one
        html = plain_text_html(body)
    return {"body": body, "html": html}


async def _rewrite(tx: Transaction, post_ids: Sequence[str], mark: str) -> None:
    """Write these posts anew, whose networks are held."""
    rows, versions = await _read(tx, post_ids)
    former = await _find_former(tx, rows, versions, mark)
    touched = set[str]()
    for row in rows:
        for version in versions[row.id]:
            if former.names(row.thread_id, version):
                this = (post_versions.c.post_id == row.id) & (post_versions.c.version == version.version)
                await tx.execute(update(post_versions).where(this).values(**_renamed(former, row.thread_id, version)))
        if former.names(row.thread_id, row):
            await _rewrite_post(tx, row, _renamed(former, row.thread_id, row))
            touched.add(row.thread_id)
        gone = mentions.c.account_id.in_(sorted(former.mentioned))
        await tx.execute(delete(mentions).where(mentions.c.post_id == row.id, gone))
        await asyncio.sleep(0)  # it may have been a long text, and others wait for their pages
    for thread_id in sorted(touched):
        await tx.execute(update(threads).where(threads.c.id == thread_id).values(version=threads.c.version + 1))


async def _rewrite_post(tx: Transaction, row: Row[Any], words: dict[str, str]) -> None:
    values: dict[str, Any] = {**words, "version": row.version + 1}
    if row.removed_at is None:
        values["excerpt"] = excerpt(words["html"], EXCERPT_LENGTH)
    await tx.execute(update(posts).where(posts.c.id == row.id).values(**values))
    if row.removed_at is None:
        stream = network_stream(row.network_id) if row.is_heard else moderators_stream(row.network_id)
        tx.emit(stream, PostEdited(row.id, row.version + 1))


async def _forget_in_waiting(tx: Transaction, mark: str) -> None:
    """What waits for a moderator, or was turned down, names them above no quote either."""
    waiting = select(held_posts.c.id, held_posts.c.thread_id, held_posts.c.body).where(
        held_posts.c.thread_id.is_not(None), held_posts.c.body.contains(" in post ")
    )
    rows = (await tx.execute(waiting)).all()
    numbers: dict[str, set[int]] = {}
    for row in rows:
        numbers.setdefault(row.thread_id, set()).update(quoted_numbers(row.body))
    former = _Former(await find_former_authors(tx.connection, numbers), set(), mark)
    for row in rows:
        body = former.rename(row.thread_id, row.body, "")
        if body != row.body:
            this = (held_posts.c.id == row.id) & (held_posts.c.body == row.body)
            await tx.execute(update(held_posts).where(this).values(body=body))
