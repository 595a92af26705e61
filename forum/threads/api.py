"""Threads in the JSON API, and the addresses of the slice's other endpoints."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import EDITS, POSTS_A_DAY, THREADS
from forum.addresses import get, post, route
from forum.envelope import let_warn
from forum.errors import Conflict, Stale
from forum.forms import header_key, read_json, read_query, validate
from forum.network_reads import get_network
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.threads import commands, held_api, moving_pages, post_api, stream_api
from forum.threads.announced_commands import send_read
from forum.threads.asking import ask_limits
from forum.threads.cursors import keyset_cursor, parse_keyset
from forum.threads.inputs import Listing, NewThread, ReadPosts, ThreadChange, WatchChange, choices
from forum.threads.limiting_commands import ask_fair_limits
from forum.threads.list_queries import list_threads
from forum.threads.presenting import ApiHeld, ApiNewThread, ApiReadThread, ApiThreads, api_post, api_thread
from forum.threads.queries import find_post_by_number, get_thread
from forum.threads.ranges import count
from forum.threads.seeing import see_thread
from forum.threads.thread_commands import Wanted, change_thread, set_watch
from forum.threads.warning import find_warnings
from forum.threads.writing import lay_out
from forum.versions import if_match, object_answer
from forum.warning import validate_words

TAG = "Threads"


@operation("List the threads of a network", TAG, {200: ApiThreads}, query=Listing, is_public=True)
async def api_list_threads(request: Request) -> Response:
    """The threads of a network, the one last written in first. `unread` is null for who is no member."""
    asked = read_query(request, Listing)
    viewer, state = await viewer_of(request), state_of(request)
    after = parse_keyset(asked.after)
    async with state.database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    network_id = found.network.id
    listed = await list_threads(state.database, viewer, network_id, chosen=None, after=after, at_most=asked.limit + 1)
    shown = listed[: asked.limit]
    is_kept = viewer.role_in(network_id) is not None
    url = state.settings.public_url
    items = [{**api_thread(one.thread, url), "unread": one.unread if is_kept else None} for one in shown]
    following = keyset_cursor(shown[-1].thread) if len(listed) > asked.limit else None
    body = {"items": items, "next": following, "as_of": found.positions(viewer)}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


@operation(
    "Begin a thread",
    TAG,
    {201: ApiNewThread, 202: ApiHeld},
    body=NewThread,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
)
async def api_create_thread(request: Request) -> Response:
    """Begin a thread with its first post, in Markdown. 202 where a moderator reads it first."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(NewThread, await read_json(request))
    key = header_key(request, value)
    async with state.database.read() as connection:
        network_id = (await get_network(connection, viewer, request.path_params["slug"])).network.id
    await ask_limits(state, viewer, THREADS, POSTS_A_DAY, network_id=network_id)
    await ask_fair_limits(state, viewer, network_id, value.body, key, is_thread=True)
    written = await lay_out(state.database, viewer, network_id, value.body)
    async with state.transaction() as tx:
        files = choices(value.files)
        posted = await commands.start_thread(tx, viewer, network_id, value.title, written, key, files)
    let_warn(request.scope, await find_warnings(value.title, value.body))
    if posted.is_held:
        return await post_api.held_answer(state, viewer, posted)
    async with state.database.read() as connection:
        thread = await get_thread(connection, viewer, posted.object_id)
        first = await find_post_by_number(connection, viewer, thread.id, 1)
    url = state.settings.public_url
    body = {**api_thread(thread, url), "first_post": api_post(first, url) if first else None}
    made = post_api.made_headers(posted, f"{url}/api/v1/threads/{thread.id}")
    return object_answer(request, body, thread.version, 201, made)


@operation("Read a thread", TAG, {200: ApiReadThread}, is_public=True, has_etag=True)
async def api_show_thread(request: Request) -> Response:
    """The thread, without its posts. `unread` is null for who is no member of the network."""
    sight = await see_thread(request, request.path_params["id"], for_api=True)
    unread = sight.thread.post_count - count(sight.reading.ranges) if sight.reading else None
    body = {**api_thread(sight.thread, state_of(request).settings.public_url), "unread": unread}
    return object_answer(request, body, sight.thread.version)


@operation(
    "Change a thread",
    TAG,
    {200: ApiReadThread},
    body=ThreadChange,
    refusals=(403, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_change_thread(request: Request) -> Response:
    """Change its title, pin it to the top, lock it, or slow it down; what is left out stays as it is.

    Who slows it down gives a `reason`; of other acts of moderation here it is asked for by pages alone, and kept.
    """
    viewer, state = await account_of(request), state_of(request)
    wanted = validate_words(request, ThreadChange, await read_json(request))
    await ask_limits(state, viewer, EDITS)
    try:
        async with state.transaction() as tx:
            change = Wanted(wanted.title, wanted.pinned, wanted.locked, wanted.slow_minutes, wanted.reason)
            await change_thread(tx, viewer, request.path_params["id"], change, if_match(request))
    except Conflict as error:
        raise Stale(str(error)) from error
    return await api_show_thread(request)


@operation("Note posts as read", TAG, {204: None}, body=ReadPosts, refusals=(403,))
async def api_mark_read(request: Request) -> Response:
    """Note these posts of the thread as read by the caller, beside those that were."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(ReadPosts, await read_json(request))
    await send_read(state, viewer, request.path_params["id"], value.pairs())
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("Watch or mute a thread", TAG, {204: None}, body=WatchChange, refusals=(403,))
async def api_watch_thread(request: Request) -> Response:
    """Say how much the caller wants to hear of the thread."""
    viewer, state = await account_of(request), state_of(request)
    value = validate(WatchChange, await read_json(request))
    async with state.transaction() as tx:
        await set_watch(tx, viewer, request.path_params["id"], value.level)
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


ROUTES: list[BaseRoute] = [
    get("/api/v1/networks/{slug:slug}/threads", api_list_threads),
    post("/api/v1/networks/{slug:slug}/threads", api_create_thread),
    get("/api/v1/networks/{slug:slug}/events", stream_api.api_list_events),
    get("/api/v1/threads/{id:id}", api_show_thread),
    route("PATCH", "/api/v1/threads/{id:id}", api_change_thread),
    post("/api/v1/threads/{id:id}/move", moving_pages.api_move_thread),
    route("PUT", "/api/v1/threads/{id:id}/read", api_mark_read),
    route("PUT", "/api/v1/threads/{id:id}/watch", api_watch_thread),
    get("/api/v1/threads/{id:id}/posts", post_api.api_list_posts),
    post("/api/v1/threads/{id:id}/posts", post_api.api_create_post),
    get("/api/v1/networks/{slug:slug}/writing", held_api.api_show_rules),
    route("PUT", "/api/v1/networks/{slug:slug}/writing", held_api.api_change_rules),
    get("/api/v1/networks/{slug:slug}/held-back", held_api.api_list_held_back),
    get("/api/v1/networks/{slug:slug}/held", held_api.api_list_held),
    get("/api/v1/networks/{slug:slug}/held/{held_id:id}", held_api.api_show_held),
    route("DELETE", "/api/v1/networks/{slug:slug}/held/{held_id:id}", held_api.api_withdraw_held),
    post("/api/v1/networks/{slug:slug}/held/{held_id:id}/approval", held_api.api_approve_held),
    post("/api/v1/networks/{slug:slug}/held/{held_id:id}/rejection", held_api.api_reject_held),
    get("/api/v1/posts/{id:id}", post_api.api_show_post),
    route("PATCH", "/api/v1/posts/{id:id}", post_api.api_edit_post),
    route("DELETE", "/api/v1/posts/{id:id}", post_api.api_remove_own_post),
    post("/api/v1/posts/{id:id}/removal", post_api.api_remove_post),
]
