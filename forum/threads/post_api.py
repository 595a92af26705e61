"""Posts in the JSON API. The list takes the same short way as the page: one read, and bytes that are kept."""

import json
from collections.abc import Sequence
from itertools import accumulate

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.rules import EDITS, POSTS, POSTS_A_DAY
from forum.acts.posts import remove_post
from forum.envelope import let_warn
from forum.errors import Conflict, Forbidden, Stale
from forum.forms import header_key, read_json, read_query, validate
from forum.openapi import operation
from forum.records import Post
from forum.rendering import PRIVATE
from forum.state import State, account_of, state_of, viewer_of
from forum.threads import commands
from forum.threads.announced_commands import send_reply
from forum.threads.asking import ask_limits
from forum.threads.commands import Posted
from forum.threads.cursors import make_cursor, read_cursor
from forum.threads.held_queries import get_held
from forum.threads.inputs import Listing, NewPost, PostEdit, Removal, choices
from forum.threads.kept_parts import ListKey, kept_parts
from forum.threads.limiting_commands import ask_fair_limits
from forum.threads.page_queries import Sight
from forum.threads.presenting import ApiHeld, ApiPost, ApiPosts, api_held, api_post
from forum.threads.queries import get_post, list_posts
from forum.threads.seeing import find_thread_row, see_thread
from forum.threads.warning import find_warnings
from forum.threads.writing import lay_out
from forum.versions import if_match, is_known, object_answer
from forum.viewer import Viewer
from forum.warning import validate_words

TAG = "Posts"
MOST_CHARACTERS = 500_000
"""Of the posts in one answer; the rest follow by `next`. Writing more of them as JSON would hold up everybody else."""


@operation("List the posts of a thread", TAG, {200: ApiPosts}, query=Listing, is_public=True, has_etag=True)
async def api_list_posts(request: Request) -> Response:
    """The posts in the order of their numbers, which run from 1 without holes."""
    asked = read_query(request, Listing)
    row, viewer = await find_thread_row(request, request.path_params["id"], for_api=True)
    tag = f'W/"{row.fingerprint()}"'
    headers = {"Cache-Control": PRIVATE if viewer.is_signed_in else "private, no-cache", "ETag": tag}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    after = int(read_cursor(asked.after, (int,))[0]) if asked.after else 0
    sight = row.sight(viewer)
    listed = await _listed(state_of(request), sight, after, asked.limit)
    as_of = json.dumps(sight.as_of, separators=(",", ":")).encode()
    return Response(listed + b',"as_of":' + as_of + b"}", 200, headers, "application/json")


async def _listed(state: State, sight: Sight, after: int, limit: int) -> bytes:
    """The answer up to its `as_of`; the same bytes for every reader until the thread changes."""
    thread = sight.thread
    key: ListKey = (thread.id, thread.version, sight.viewer.people_version, after, limit)
    shelf = kept_parts(state).lists
    found = shelf.find(key)
    if found is None:
        last = min(thread.post_count, after + limit)
        posts = _what_fits(await list_posts(state.database, sight.viewer, thread.id, after + 1, last, bodies=True))
        items = [api_post(post, state.settings.public_url) for post in posts]
        last = posts[-1].number if posts else last
        following = make_cursor(last) if last < thread.post_count else None
        text = json.dumps({"items": items, "next": following}, ensure_ascii=False, separators=(",", ":"))
        found = text[:-1].encode()
        shelf.keep(key, found, len(found) + 300)
    return found


def _what_fits(posts: Sequence[Post]) -> Sequence[Post]:
    """The first of them, and at least one, whose words are no more than one answer may have."""
    sizes = accumulate(len(post.body) + len(post.html) for post in posts)
    return posts[: max(1, sum(size <= MOST_CHARACTERS for size in sizes))]


def made_headers(posted: Posted, location: str) -> dict[str, str]:
    """Headers of an answer to a creating request."""
    return {"Location": location} | ({"Idempotent-Replay": "true"} if posted.is_replay else {})


async def held_answer(state: State, viewer: Viewer, posted: Posted) -> Response:
    """What was written waits for a moderator, or did."""
    async with state.database.read() as connection:
        held = await get_held(connection, viewer, posted.object_id)
    replay = {"Idempotent-Replay": "true"} if posted.is_replay else {}
    return JSONResponse(api_held(held, state.settings.public_url), 202, {"Cache-Control": PRIVATE, **replay})


def _shown(request: Request, post: Post, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    shown = api_post(post, state_of(request).settings.public_url)
    return object_answer(request, shown, post.version, status, headers)


async def _read_post(state: State, viewer: Viewer, post_id: str) -> Post:
    async with state.database.read() as connection:
        return await get_post(connection, viewer, post_id)


@operation(
    "Write a post",
    TAG,
    {201: ApiPost, 202: ApiHeld},
    body=NewPost,
    refusals=(403,),
    is_idempotent=True,
    makes_one=True,
    has_etag=True,
)
async def api_create_post(request: Request) -> Response:
    """Reply in a thread, or with `reply_to` to one of its posts. 202 where a moderator reads it first.

    Where the words look like data about a patient or a card, the header Content-Warning of the answer says so.
    """
    state = state_of(request)
    sight = await see_thread(request, request.path_params["id"], signed_in_only=True, for_api=True)
    viewer = sight.viewer
    value = validate(NewPost, await read_json(request))
    key = header_key(request, value)
    await ask_limits(state, viewer, POSTS, POSTS_A_DAY, network_id=sight.network.id)
    await ask_fair_limits(state, viewer, sight.network.id, value.body, key)
    written = await lay_out(state.database, viewer, sight.network.id, value.body, sight.thread.id)
    posted = await send_reply(state, viewer, sight.thread, written, value.reply_to, key, choices(value.files))
    let_warn(request.scope, await find_warnings(value.body))
    if posted.is_held:
        return await held_answer(state, viewer, posted)
    post = posted.post or await _read_post(state, viewer, posted.object_id)
    location = f"{state.settings.public_url}/api/v1/posts/{post.id}"
    return _shown(request, post, 201, made_headers(posted, location))


@operation("Read a post", TAG, {200: ApiPost}, is_public=True, has_etag=True)
async def api_show_post(request: Request) -> Response:
    """One post. Of a removed one the words are gone."""
    viewer, state = await viewer_of(request), state_of(request)
    return _shown(request, await _read_post(state, viewer, request.path_params["id"]))


@operation(
    "Edit a post",
    TAG,
    {200: ApiPost},
    body=PostEdit,
    refusals=(403, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_edit_post(request: Request) -> Response:
    """Give one's own post other words; what it said before is kept as a version."""
    viewer, state, post_id = await account_of(request), state_of(request), request.path_params["id"]
    value = validate(PostEdit, await read_json(request))
    expected = if_match(request)
    files = None if value.files is None else choices(value.files)
    post = await _read_post(state, viewer, post_id)
    await ask_limits(state, viewer, EDITS, network_id=post.network_id)
    written = await lay_out(state.database, viewer, post.network_id, value.body, post.thread_id)
    try:
        async with state.transaction() as tx:
            await commands.edit_post(tx, viewer, post_id, written, expected, files)
    except Conflict as error:
        raise Stale(str(error)) from error
    return _shown(request, await _read_post(state, viewer, post_id))


async def _remove(request: Request, reason: str) -> Post:
    viewer, state, post_id = await account_of(request), state_of(request), request.path_params["id"]
    expected = if_match(request)
    await ask_limits(state, viewer, EDITS)
    try:
        async with state.transaction() as tx:
            await remove_post(tx, viewer, post_id, reason, expected)
    except Conflict as error:
        raise Stale(str(error)) from error
    return await _read_post(state, viewer, post_id)


@operation("Remove one's own post", TAG, {204: None}, refusals=(403, 412), takes_if_match=True)
async def api_remove_own_post(request: Request) -> Response:
    """A stub stays in its place. Once more, where the first answer was lost, is answered in the same way."""
    viewer = await account_of(request)
    post = await _read_post(state_of(request), viewer, request.path_params["id"])
    if post.author.id != viewer.id:
        raise Forbidden("Only the author may do this. A moderator says why: POST /posts/{id}/removal with a reason.")
    if not post.removed_by_author:
        await _remove(request, "")
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation(
    "Remove a post as a moderator",
    TAG,
    {200: ApiPost},
    body=Removal,
    refusals=(403, 412),
    takes_if_match=True,
    has_etag=True,
)
async def api_remove_post(request: Request) -> Response:
    """Remove somebody's post, with a reason that stands in its place. One's own needs none."""
    await account_of(request)
    value = validate_words(request, Removal, await read_json(request))
    return _shown(request, await _remove(request, value.reason))
