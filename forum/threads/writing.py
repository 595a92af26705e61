"""Words made ready to be stored: laid out once, with mentions of those who may read them, before any lock is taken."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from auth.accounts import FORMER_MEMBER
from forum.database import Database
from forum.errors import Invalid
from forum.text import (
    ONLY_FILES,
    excerpt,
    find_mentions,
    link_quotes,
    quoted_numbers,
    rename_quotes,
    render_markdown,
)
from forum.threads.naming_queries import find_former_authors
from forum.threads.people_queries import find_mentionable
from forum.viewer import Viewer

LONG = 3_000
"""Longer texts are laid out in a thread, so that others are answered meanwhile."""
EXCERPT_LENGTH = 140
_ASIDE = ThreadPoolExecutor(1, thread_name_prefix="layout")
"""One at a time: threads that compute take Python's turns from the event loop, two of them twice as often."""


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a post in all the forms that are stored."""

    body: str
    html: str
    excerpt: str
    mentions: tuple[str, ...] = ()
    is_imported: bool = False


async def lay_out(database: Database, viewer: Viewer, network_id: str, body: str, thread_id: str = "") -> Written:
    """The Markdown laid out for a post of this network. Raises Invalid where it is too intricate.

    In a thread that is there, "Ada in post 5" above a quote leads to that post; and where Ada has taken her name along
    since the page with it was loaded, it does not stand there.
    """
    if thread_id and (numbers := quoted_numbers(body)):
        async with database.read() as connection:
            former = await find_former_authors(connection, {thread_id: numbers})
        body = rename_quotes(body, former.get(thread_id, {}), FORMER_MEMBER)
    names: dict[str, str] = {}
    if "@" in body:
        async with database.read() as connection:
            names = await find_mentionable(connection, viewer, network_id, body)
    try:
        if len(body) > LONG:
            return await asyncio.get_running_loop().run_in_executor(_ASIDE, _lay_out, body, names, thread_id)
        return _lay_out(body, names, thread_id)
    except ValueError as error:
        raise Invalid({"body": str(error)}) from error


def _lay_out(body: str, names: dict[str, str], thread_id: str) -> Written:
    html = render_markdown(body, names)
    if thread_id:
        html = link_quotes(html, thread_id)
    mentioned = tuple(find_mentions(body, names)) if names else ()
    return Written(body, html, excerpt(html, EXCERPT_LENGTH) if body else ONLY_FILES, mentioned)
