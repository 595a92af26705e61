"""A thread, twenty posts at a time, and the addresses of the slice's other pages.

The page of a signed-in reader costs one read; its posts come from what this process keeps. A guest of an open
network gets ready bytes. Both are checked on each request: what is kept is found only under what the read says.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from urllib.parse import urlencode

import brotli
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from forum.acts.discussing import find_discussed
from forum.addresses import get, post
from forum.envelope import let_index
from forum.errors import NotFound
from forum.rendering import NOTICE_COOKIE, PRIVATE, make_shell, redirect, render_fragment, render_page
from forum.state import state_of
from forum.text import escape_markdown
from forum.threads import (
    held_pages,
    moderating_pages,
    moving_pages,
    network_pages,
    post_pages,
    preview_pages,
    writing_pages,
    writing_rules_pages,
)
from forum.threads.cited_queries import with_citations
from forum.threads.composing import answering_words, quoted
from forum.threads.held_queries import get_own_words
from forum.threads.kept_parts import ReadyPage, kept_parts
from forum.threads.pacing import note_of
from forum.threads.page_queries import Sight
from forum.threads.queries import find_number_since, get_post
from forum.threads.rendered_posts import posts_block
from forum.threads.seeing import build_of, find_thread_row, number_in, today, zone_of
from forum.threads.thread_page import ThreadPage, chosen_page, make_composer, make_thread_page
from ground.columns import is_id

OPEN_TO_GUESTS = "private, no-cache"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


async def show_thread(request: Request) -> Response:
    """One page of a thread: with `at` that of this post, with `on` that of this day, else the first unread one."""
    state = state_of(request)
    row, viewer = await find_thread_row(request, request.path_params["id"])
    tag = f'W/"{row.fingerprint()}{build_of(state)}{today(state).toordinal():x}"'
    headers = {"Cache-Control": PRIVATE if viewer.is_signed_in else OPEN_TO_GUESTS, "ETag": tag}
    if _is_plain(request):
        if request.headers.get("if-none-match") == tag and not row.passes():
            let_index(request.scope)  # a search engine reads as a guest, and guests read open networks alone
            return Response(status_code=304, headers=headers)
        if not viewer.is_signed_in:
            return await _guest_page(request, row.sight(viewer), headers)
    sight = row.sight(viewer)
    if "on" in request.query_params:
        return await _jump(request, sight)
    page = await _make_page(request, sight)
    if "x-fragment" in request.headers:
        return HTMLResponse(
            render_fragment(request, "threads/_posts.html", page=page), headers={"Cache-Control": PRIVATE}
        )
    title, network_id = sight.thread.title, sight.network.id
    return render_page(
        request, sight.viewer, "threads/thread.html", page, title=title, network_id=network_id, headers=headers
    )


def _is_plain(request: Request) -> bool:
    """Whether the answer is the page as it stands: without a reply begun, a jump to a day, a notice, or part of it."""
    # Parsed only where there is something: most requests find the page unchanged, and parsing costs them a tenth.
    if request.scope["query_string"] and not {"reply", "on", "cite", "again"}.isdisjoint(request.query_params):
        return False
    if NOTICE_COOKIE in request.headers.get("cookie", "") and NOTICE_COOKIE in request.cookies:
        return False
    return "x-fragment" not in request.headers


async def _make_page(request: Request, sight: Sight) -> ThreadPage:
    state = state_of(request)
    at, composer = number_in(request, "at"), make_composer(state, sight)
    answered_id = request.query_params.get("reply", "")
    if is_id(answered_id):
        async with state.database.read() as connection:
            answered = await get_post(connection, sight.viewer, answered_id)
        if answered.thread_id != sight.thread.id:
            raise NotFound
        at = at or answered.number
        if composer is not None and answered.removed_at is None:
            body = quoted(answered) if "quote" in request.query_params else await _again(request, sight)
            composer = replace(
                composer,
                is_open=True,
                reply_to=answered.id,
                answering=answering_words(answered),
                answering_href=f"#post-{answered.number}",
                body=body,
            )
    elif composer is not None and "cite" in request.query_params:
        composer = replace(composer, is_open=True, body=await _citation(request, sight))
    elif composer is not None and "again" in request.query_params:
        composer = replace(composer, is_open=True, body=await _again(request, sight))
    number = chosen_page(sight, at)
    note = await note_of(state, sight)
    block = await with_citations(state, sight.viewer, await posts_block(state, sight, number))
    return make_thread_page(state, sight, block, number, composer, note)


async def _citation(request: Request, sight: Sight) -> str:
    """The words by which a post cites the version of a document that `cite` names as "id/number". Raises NotFound."""
    document_id, _, number = request.query_params["cite"].partition("/")
    state, found = state_of(request), None
    if is_id(document_id) and number.isascii() and number.isdigit() and len(number) < 10:
        async with state.database.read() as connection:
            found = await find_discussed(connection, sight.viewer, document_id, sight.network.id)
    if found is None or not 1 <= int(number) <= found.number:
        raise NotFound
    address = f"{state.settings.public_url}/documents/{document_id}/versions/{int(number)}"
    return f"[{escape_markdown(found.title)}]({address}): "


async def _again(request: Request, sight: Sight) -> str:
    """The words of one's own that `again` names, which were not posted; empty without it. Raises NotFound."""
    if "again" not in request.query_params:
        return ""
    async with state_of(request).database.read() as connection:
        held = await get_own_words(connection, sight.viewer, request.query_params["again"])
    if held.thread_id != sight.thread.id:
        raise NotFound
    return held.body


async def _guest_page(request: Request, sight: Sight, headers: dict[str, str]) -> Response:
    """Ready bytes; the same for every guest until anything on the page changes."""
    state = state_of(request)
    number = chosen_page(sight, number_in(request, "at"))
    let_index(request.scope)
    key = (headers["ETag"], str(number))
    shelf = kept_parts(state).pages
    ready = shelf.find(key)
    if ready is None or state.settings.development:
        page = await _make_page(request, sight)
        shell = make_shell(request, sight.viewer, sight.thread.title, sight.network.id)
        content = state.templates.get_template("threads/thread.html").render(shell=shell, page=page).encode()
        ready = ReadyPage(content, brotli.compress(content, quality=5))
        shelf.keep(key, ready, len(ready.content) + len(ready.compressed) + 300)
    headers = {**headers, "Vary": "Accept-Encoding"}
    if "br" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(ready.compressed, headers={**headers, "Content-Encoding": "br"})
    return HTMLResponse(ready.content, headers=headers)


async def _jump(request: Request, sight: Sight) -> Response:
    """On to the first post of that day or later; where there is none, to the last."""
    text = request.query_params["on"]
    path = f"/threads/{sight.thread.id}"
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year < 2:
        return redirect(request, path, "no-day")
    begins = datetime.combine(day, time(), zone_of(state_of(request))).astimezone(UTC)
    async with state_of(request).database.read() as connection:
        number = await find_number_since(connection, sight.viewer, sight.thread.id, begins)
    number = number or sight.thread.post_count
    return redirect(request, f"{path}?{urlencode({'at': number})}#post-{number}")


ROUTES: list[BaseRoute] = [
    get("/threads/{id:id}", show_thread),
    get("/networks/{slug:slug}", network_pages.show_network),
    post("/networks/{slug:slug}/reading", network_pages.mark_network_read),
    get("/networks/{slug:slug}/threads/new", writing_pages.new_thread),
    post("/networks/{slug:slug}/threads", writing_pages.create_thread),
    get("/threads/{id:id}/people", preview_pages.list_people),
    get("/networks/{slug:slug}/threads/people", preview_pages.list_people),
    post("/threads/{id:id}/posts", writing_pages.create_post),
    post("/preview", preview_pages.show_preview),
    get("/networks/{slug:slug}/writing", writing_rules_pages.show_rules),
    post("/networks/{slug:slug}/writing", writing_rules_pages.update_rules),
    get("/held/{held_id:id}", held_pages.show_own_held),
    get("/networks/{slug:slug}/held", held_pages.list_waiting),
    get("/networks/{slug:slug}/held/{held_id:id}", held_pages.show_held),
    post("/networks/{slug:slug}/held/{held_id:id}/approval", held_pages.approve_held),
    post("/networks/{slug:slug}/held/{held_id:id}/rejection", held_pages.reject_held),
    post("/networks/{slug:slug}/held/{held_id:id}/withdrawal", held_pages.withdraw_held),
    post("/threads/{id:id}/pin", moderating_pages.update_pin),
    get("/threads/{id:id}/closure", moderating_pages.edit_closure),
    post("/threads/{id:id}/closure", moderating_pages.update_closure),
    get("/threads/{id:id}/move", moving_pages.edit_place),
    post("/threads/{id:id}/move", moving_pages.update_place),
    get("/threads/{id:id}/pace", moderating_pages.edit_pace),
    post("/threads/{id:id}/pace", moderating_pages.update_pace),
    get("/threads/{id:id}/title", moderating_pages.edit_title),
    post("/threads/{id:id}/title", moderating_pages.update_title),
    post("/threads/{id:id}/watch", moderating_pages.update_watch),
    post("/threads/{id:id}/read", moderating_pages.mark_thread_read),
    get("/posts/{id:id}", post_pages.show_post),
    get("/posts/{id:id}/actions", post_pages.show_actions),
    get("/posts/{id:id}/source", post_pages.show_source),
    get("/posts/{id:id}/versions", post_pages.list_versions),
    get("/posts/{id:id}/edit", post_pages.edit_post),
    post("/posts/{id:id}/edit", post_pages.update_post),
    get("/posts/{id:id}/removal", post_pages.new_removal),
    post("/posts/{id:id}/removal", post_pages.remove_post),
]
