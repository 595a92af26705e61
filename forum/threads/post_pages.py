"""One post: its address for ever, what can be done with it, its edits and earlier versions, its removal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from auth.rules import EDITS
from forum.acts.holding import Held
from forum.acts.posts import remove_post as take_away
from forum.errors import Conflict, Forbidden, ForumError, Invalid, NotFound, Warned
from forum.forms import read_form, validate
from forum.network_reads import audience_words, get_network_by_id
from forum.policy import (
    may_edit_post,
    may_hide,
    may_make_card,
    may_quieten,
    may_remove,
    may_reply,
    may_report_post,
    standing_of,
)
from forum.records import Post, PostVersion, Thread
from forum.rendering import PRIVATE, redirect, render_fragment, render_page
from forum.state import account_of, state_of, viewer_of
from forum.threads import commands, queries
from forum.threads.asking import ask_limits
from forum.threads.composing import Composer, quoted
from forum.threads.file_fields import CARRIES, PostForm, ask_for_alts, bring_all, error_of, read_post_form, shown_files
from forum.threads.inputs import PostEdit, Removal, choices
from forum.threads.rendered_posts import post_fragment
from forum.threads.thread_frame import tools_of
from forum.threads.tidied import notice_headers, notice_of, previewed
from forum.threads.version_queries import list_versions_of
from forum.threads.warning import warn
from forum.threads.writing import lay_out
from forum.threads.writing_pages import PREVIEW_ACT, WritePage, refused_fragment, status_of
from forum.viewer import Viewer
from forum.warning import validate_words

MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A post as it was typed: `threads/source.html`."""

    post: Post
    thread: Thread


@dataclass(frozen=True, slots=True)
class ActionsPage:
    """What this viewer can do with a post: `threads/actions.html`, and as a fragment `threads/_actions.html`."""

    post: Post
    thread: Thread
    url: str
    may_reply: bool
    may_edit: bool
    may_remove: bool
    may_hide: bool
    may_report: bool
    may_see_act: bool
    """A moderator took it away, and this is its author or a moderator."""
    quieting: str
    """Where a moderator says what its author may write; empty for all others."""
    card: str
    """Where it is made best practice; empty for who may not."""


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """What a post said before: `threads/versions.html`."""

    post: Post
    thread: Thread
    versions: Sequence[PostVersion]
    is_first_page: bool
    earlier: str


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """The question before a post is removed: `threads/removal.html`."""

    post: Post
    thread: Thread
    is_own: bool
    reason: str
    errors: Mapping[str, str]


async def _post_and_thread(request: Request, viewer: Viewer) -> tuple[Post, Thread]:
    async with state_of(request).database.read() as connection:
        post = await queries.get_post(connection, viewer, request.path_params["id"])
        return post, await queries.get_thread(connection, viewer, post.thread_id)


def place_of(post: Post | Held) -> str:
    """The address of the post in its thread."""
    return f"/threads/{post.thread_id}?at={post.number}#post-{post.number}"


async def show_post(request: Request) -> Response:
    """On to the post in its thread; a script gets the post's HTML alone."""
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        post = await queries.get_post(connection, viewer, request.path_params["id"])
    if "x-fragment" in request.headers:
        return HTMLResponse(post_fragment(state_of(request), post), headers={"Cache-Control": PRIVATE})
    return redirect(request, place_of(post))


async def show_actions(request: Request) -> Response:
    """What can be done with the post: a page, or for a script the list alone."""
    viewer = await viewer_of(request)
    post, thread = await _post_and_thread(request, viewer)
    page = ActionsPage(
        post,
        thread,
        f"{state_of(request).settings.public_url}/posts/{post.id}",
        may_reply=bool(may_reply(viewer, thread)) and post.removed_at is None,
        may_edit=bool(may_edit_post(viewer, post, thread)),
        may_remove=bool(may_remove(viewer, standing_of(post))),
        may_hide=bool(may_hide(viewer, standing_of(post))),
        may_report=bool(may_report_post(viewer, standing_of(post))),
        may_see_act=post.removed_at is not None
        and post.hidden_rule != "quotes_erased"
        and not (post.removed_by_author and not post.is_erased and not post.hidden_rule)
        and (viewer.id == post.author.id or viewer.has_role(post.network_id, "moderator")),
        quieting=_quieting(viewer, post),
        card=_card(viewer, post),
    )
    if "x-fragment" in request.headers:
        html = render_fragment(request, "threads/_actions.html", page=page)
        return HTMLResponse(html, headers={"Cache-Control": PRIVATE})
    title = f"Post {post.number}"
    return render_page(request, viewer, "threads/actions.html", page, title=title, network_id=thread.network_id)


def _card(viewer: Viewer, post: Post) -> str:
    """Where a card is made of the post."""
    place = viewer.place_in(post.network_id)
    if place is None or post.removed_at is not None or not may_make_card(viewer, post.network_id):
        return ""
    return f"/networks/{place.slug}/knowledge/new?post={post.id}"


def _quieting(viewer: Viewer, post: Post) -> str:
    place = viewer.place_in(post.network_id)
    if place is None or post.author.is_former or not may_quieten(viewer, post.network_id, post.author.id, "member"):
        return ""
    return f"/networks/{place.slug}/members/{post.author.id}/writing"


async def show_source(request: Request) -> Response:
    """The words as they were written, on a page; with `quote` as a quote to be answered, for scripts, as plain text."""
    viewer = await viewer_of(request)
    post, thread = await _post_and_thread(request, viewer)
    if post.removed_at is not None:
        raise NotFound
    if "quote" in request.query_params:
        headers = {"Cache-Control": PRIVATE, "X-Version": str(post.version)}
        return PlainTextResponse(quoted(post), headers=headers)
    page, title = SourcePage(post, thread), f"Post {post.number} as it was typed"
    return render_page(request, viewer, "threads/source.html", page, title=title, network_id=thread.network_id)


async def list_versions(request: Request) -> Response:
    """What the post says and said, newest first."""
    viewer = await viewer_of(request)
    before = request.query_params.get("before", "")
    bound = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 2**31 - 1
    async with state_of(request).database.read() as connection:
        post = await queries.get_post(connection, viewer, request.path_params["id"])
        if post.removed_at is not None:
            raise NotFound
        thread = await queries.get_thread(connection, viewer, post.thread_id)
        versions = await list_versions_of(connection, viewer, post.id, before=bound, at_most=MOST_VERSIONS + 1)
    shown = versions[:MOST_VERSIONS]
    earlier = f"/posts/{post.id}/versions?before={shown[-1].version}" if len(versions) > MOST_VERSIONS else ""
    page = VersionsPage(post, thread, shown, bound > post.version, earlier)
    title = f"Versions of post {post.number}"
    return render_page(request, viewer, "threads/versions.html", page, title=title, network_id=thread.network_id)


# -- Edits ----------------------------------------------------------------------------------------


async def edit_post(request: Request) -> Response:
    """The form with the words as they were written; for a script the form alone."""
    viewer = await account_of(request)
    post, thread = await _post_and_thread(request, viewer)
    decision = may_edit_post(viewer, post, thread)
    if not decision:
        raise Forbidden(decision.reason)
    form = PostForm({"body": post.body, **{f"file-{each.id}": "1" for each in post.files}})
    form.fields |= {f"alt-{each.id}": each.alt for each in post.files}
    return await _edit_form(request, viewer, post, thread, form)


async def _edit_form(
    request: Request,
    viewer: Viewer,
    post: Post,
    thread: Thread,
    form: PostForm,
    error: ForumError | None = None,
    preview: str = "",
) -> Response:
    fields = form.fields
    errors = dict(error.errors) if isinstance(error, Invalid) else {}
    is_conflict = isinstance(error, Conflict)
    place = viewer.place_in(thread.network_id)
    composer = replace(
        _edit_composer(request, post, thread),
        # Once both texts were shown, saving again replaces the one that was shown.
        version=str(post.version) if is_conflict else fields.get("version", str(post.version)),
        body=fields.get("body", ""),
        error=errors.get("body", ""),
        warning=str(error) if isinstance(error, Warned) else "",
        preview=preview,
        audience=await _audience(request, viewer, thread),
        slug=place.slug if place else "",
        files=await shown_files(state_of(request), viewer, thread.network_id, form, post.files),
        files_error=error_of(errors),
    )
    page = WritePage(
        title=f"Edit post {post.number}",
        lead="",
        back_href=place_of(post),
        back_text=thread.title,
        network_name=place.name if place else thread.title,
        accent=place.accent if place else "teal",
        composer=None if isinstance(error, Forbidden) else composer,
        body=composer.body,
        errors=errors,
        refusal=str(error) if error is not None and not errors and not isinstance(error, Warned) else "",
        theirs=post.html if is_conflict else "",
    )
    return _answer_form(request, viewer, page, thread.network_id, status_of(error))


def _answer_form(request: Request, viewer: Viewer, page: WritePage, network_id: str, status: int) -> Response:
    if "x-fragment" in request.headers:
        html = render_fragment(request, "threads/_edit.html", page=page)
        return HTMLResponse(html, status, {"Cache-Control": PRIVATE})
    return render_page(
        request, viewer, "threads/write.html", page, title=page.title, network_id=network_id, status=status
    )


async def _audience(request: Request, viewer: Viewer, thread: Thread) -> str:
    async with state_of(request).database.read() as connection:
        network = (await get_network_by_id(connection, viewer, thread.network_id)).network
    return audience_words(network.access, network.name, network.member_count)


def _edit_composer(request: Request, post: Post, thread: Thread) -> Composer:
    return Composer(
        action=f"/posts/{post.id}/edit",
        network_id=thread.network_id,
        label="Your words",
        button="Save",
        audience="",
        draft=f"post:{post.id}",
        people=f"/threads/{thread.id}/people",
        tools=tools_of(state_of(request)),
        takes_reply=False,
        cancel=place_of(post),
        removal=f"/posts/{post.id}/removal" if post.files else "",
    )


async def update_post(request: Request) -> Response:
    """Save the new words, then show the post; where it was changed meanwhile, the form with both texts."""
    form = await read_post_form(request)
    viewer = await account_of(request)
    post, thread = await _post_and_thread(request, viewer)
    try:
        await bring_all(request, viewer, thread.network_id, form)
        preview = await _save(request, viewer, post, form)
        if preview is not None:
            return await _edit_form(request, viewer, post, thread, form, preview=preview)
    except (Invalid, Conflict, Forbidden, Warned) as error:
        if isinstance(error, Forbidden | Invalid | Warned) and "x-fragment" in request.headers:
            return refused_fragment(request, error)
        post, thread = await _post_and_thread(request, viewer)
        return await _edit_form(request, viewer, post, thread, form, error)
    typed = form.fields.get("body", "")
    if "x-fragment" in request.headers:
        shown = await show_post(request)
        shown.headers.update(notice_headers(typed))
        return shown
    return redirect(request, place_of(post), notice=notice_of("edited", typed))


async def _save(request: Request, viewer: Viewer, post: Post, form: PostForm) -> str | None:
    """Save it; or where that is asked for, what it will look like."""
    state, fields = state_of(request), form.fields
    value = validate(PostEdit, {"body": fields.get("body", ""), "files": form.chosen})
    written = await lay_out(state.database, viewer, post.network_id, value.body, post.thread_id)
    if fields.get("act") == PREVIEW_ACT:
        return previewed(written.html, fields.get("body", ""))
    await warn(fields, value.body)
    ask_for_alts(fields, await shown_files(state, viewer, post.network_id, form, post.files))
    await ask_limits(state, viewer, EDITS, network_id=post.network_id)
    files = choices(value.files or []) if CARRIES in fields else None
    async with state.transaction() as tx:
        await commands.edit_post(tx, viewer, post.id, written, _version(fields), files)
    return None


def _version(fields: Mapping[str, str]) -> int | None:
    text = fields.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid({"": "The form was not whole. Load the page again; your words are kept below."})
    return int(text)


# -- Removal --------------------------------------------------------------------------------------


async def new_removal(request: Request) -> Response:
    """The question, and for a moderator the reason."""
    viewer = await account_of(request)
    post, thread = await _post_and_thread(request, viewer)
    decision = may_remove(viewer, standing_of(post))
    if not decision:
        raise Forbidden(decision.reason)
    return _removal_form(request, viewer, RemovalPage(post, thread, post.author.id == viewer.id, "", {}))


def _removal_form(request: Request, viewer: Viewer, page: RemovalPage, status: int = 200) -> Response:
    title = f"Remove post {page.post.number}"
    network_id = page.thread.network_id
    return render_page(request, viewer, "threads/removal.html", page, title=title, network_id=network_id, status=status)


async def remove_post(request: Request) -> Response:
    """Remove the post, then show the stub that stays; a script gets the stub's HTML."""
    fields = await read_form(request)
    viewer, state = await account_of(request), state_of(request)
    typed = fields.get("reason", "")
    try:
        value = validate_words(request, Removal, {"reason": typed})
        await ask_limits(state, viewer, EDITS)
        async with state.transaction() as tx:
            removed = await take_away(tx, viewer, request.path_params["id"], value.reason)
    except Invalid as error:
        post, thread = await _post_and_thread(request, viewer)
        page = RemovalPage(post, thread, post.author.id == viewer.id, typed, error.errors)
        return _removal_form(request, viewer, page, 422)
    if "x-fragment" in request.headers:
        return await show_post(request)
    if removed.act_id is not None:
        return redirect(request, place_of(removed.post), notice="removed-for-now", undo=removed.act_id)
    return redirect(request, place_of(removed.post), notice="removed")
