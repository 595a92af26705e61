"""Posts as HTML: by `threads/_post.html` for pages and for the socket alike, each rendered once in a process."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from forum.records import Person, Post
from forum.shown_people import shared_names
from forum.state import State
from forum.threads.kept_parts import BlockKey, PostsBlock, Writer, kept_parts
from forum.threads.page_queries import Sight
from forum.threads.queries import list_posts

PAGE_SIZE = 20
LAST_PAGE_HOLDS = 10
"""The last page begins so many posts before the end at least, and shows again what the page before ends with:
otherwise the twenty-first post would stand alone, without what it answers."""


def post_fragment(state: State, post: Post) -> str:
    """The post as every reader of its thread sees it."""
    shelf = kept_parts(state).posts
    plain = replace(post, body="") if post.body else post
    found = shelf.find(plain)
    if found is None or state.settings.development:
        found = str(cast(Any, state.templates.get_template("threads/_post.html").module).post_article(plain))
        shelf.keep(plain, found, len(found) + len(plain.html) + 800)
    return found


def page_of(number: int, post_count: int) -> int:
    """The page, from 1, on which the post with this number is shown; the last one where it stands on two."""
    pages = page_count(post_count)
    return pages if number >= bounds(pages, post_count)[0] else (max(1, number) - 1) // PAGE_SIZE + 1


def page_count(post_count: int) -> int:
    """How many pages a thread has; at least one."""
    return (max(1, post_count) - 1) // PAGE_SIZE + 1


def bounds(page: int, post_count: int) -> tuple[int, int]:
    """The numbers of the first and the last post of a page."""
    first = (page - 1) * PAGE_SIZE + 1
    if first + PAGE_SIZE > post_count:
        return max(1, min(first, post_count - LAST_PAGE_HOLDS + 1)), post_count
    return first, first + PAGE_SIZE - 1


async def posts_block(state: State, sight: Sight, page: int) -> PostsBlock:
    """The posts of one page, rendered. The right to read them was asked when the thread was seen."""
    thread = sight.thread
    key: BlockKey = (thread.id, thread.version, sight.viewer.people_version, page)
    shelf = kept_parts(state).blocks
    found = shelf.find(key)
    if found is None or state.settings.development:
        first, last = bounds(page, thread.post_count)
        found = _render(state, await list_posts(state.database, sight.viewer, thread.id, first, last))
        shelf.keep(key, found, sum(map(len, found.fragments)) + 2_000)
    return found


def _render(state: State, posts: Sequence[Post]) -> PostsBlock:
    counted = Counter(post.author.id for post in posts if post.removed_at is None)
    authors = {post.author.id: post.author for post in posts}
    called = Counter(authors[who].name for who in counted)
    shared = shared_names(_named(posts))
    return PostsBlock(
        fragments=tuple(post_fragment(state, _told_apart(post, shared) if shared else post) for post in posts),
        numbers=tuple(post.number for post in posts),
        written=tuple(post.created_at for post in posts),
        writers=tuple(_writer(authors[who], count, called) for who, count in counted.most_common()),
    )


def _named(posts: Sequence[Post]) -> Iterator[tuple[str, str]]:
    """Who is named on the page, as `namesakes.js` counts them too: who wrote, and who is answered."""
    for post in posts:
        if post.removed_at is None:
            yield post.author.name, post.author.id
            if post.reply_to is not None and not post.reply_to.is_removed:
                yield post.reply_to.author.name, post.reply_to.author.id


def _told_apart(post: Post, shared: frozenset[str]) -> Post:
    if post.reply_to is None or post.reply_to.author.name not in shared:
        return post
    return replace(post, reply_to=replace(post.reply_to, has_namesake=True))


def _writer(author: Person, count: int, called: Counter[str]) -> Writer:
    told_apart = (author.organisation or author.job_title) if called[author.name] > 1 else ""
    return Writer(author.id, author.name, count, told_apart)
