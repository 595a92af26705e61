"""Where people write: a new thread, a reply, what it will look like, and whom it can mention.

What was typed is never lost: a form that cannot be taken comes back with its words and a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from auth.rules import POSTS, POSTS_A_DAY, THREADS
from forum.acts.discussing import Discussed, begin_discussion, find_discussed
from forum.errors import AlreadySent, Forbidden, ForumError, Invalid, NotFound, TooMany, Warned
from forum.forms import request_key, validate
from forum.network_reads import Found, audience_words, get_network
from forum.policy import is_held, may_start_thread
from forum.records import Network
from forum.refusals import STATUSES
from forum.rendering import PRIVATE, redirect, render_fragment, render_page
from forum.state import account_of, state_of
from forum.text import escape_markdown
from forum.threads import commands
from forum.threads.announced_commands import send_reply
from forum.threads.asking import ask_limits
from forum.threads.commands import Posted
from forum.threads.composing import Composer, answering_words, new_key
from forum.threads.file_fields import PostForm, ask_for_alts, bring_all, error_of, read_post_form, shown_files
from forum.threads.held_queries import get_own_words
from forum.threads.inputs import NewPost, NewThread, choices
from forum.threads.limiting_commands import ask_fair_limits
from forum.threads.page_queries import Sight
from forum.threads.queries import get_post
from forum.threads.refusing import see_to_reply, with_why
from forum.threads.rendered_posts import post_fragment
from forum.threads.thread_frame import tools_of
from forum.threads.thread_page import make_composer
from forum.threads.tidied import notice_headers, notice_of, previewed
from forum.threads.warning import warn
from forum.threads.writing import lay_out
from forum.viewer import Viewer
from ground.columns import is_id

PREVIEW_ACT = "preview"
ANYWAY = "Post anyway"
"""What a script offers beside a warning."""


@dataclass(frozen=True, slots=True)
class WritePage:
    """A form for a post alone on its page: `threads/write.html`."""

    title: str
    lead: str
    back_href: str
    back_text: str
    network_name: str
    accent: str
    composer: Composer | None
    """None where nothing can be posted any more: then `body` is shown, to be copied."""
    body: str = ""
    errors: Mapping[str, str] | None = None
    refusal: str = ""
    theirs: str = ""
    """What somebody else made of the post meanwhile, sanitised HTML."""


@dataclass(frozen=True, slots=True)
class NewThreadPage:
    """The form for a new thread: `threads/new.html`."""

    network_name: str
    slug: str
    accent: str
    composer: Composer
    waits: bool = False
    """A moderator reads it first."""
    is_open: bool = False
    """And then anybody, not members alone."""
    title: str = ""
    errors: Mapping[str, str] | None = None
    refusal: str = ""
    about: str = ""
    """The document that it is about, by its id."""


# -- A new thread -------------------------------------------------------------------------------


async def new_thread(request: Request) -> Response:
    """The form; of the thread about a document, with what names it; of what was not posted, with its words."""
    viewer = await account_of(request)
    found = await _network_to_write_in(request, viewer)
    about = request.query_params.get("about", "")
    if not about:
        return await _thread_form(request, viewer, found, PostForm(await _again(request, viewer, found)))
    document = await _discussed(request, viewer, found, about)
    if document.thread_id is not None:
        return redirect(request, f"/threads/{document.thread_id}")
    address = f"{state_of(request).settings.public_url}/documents/{document.id}/versions/{document.number}"
    words = f"About [{escape_markdown(document.title)}]({address}):\n\n"
    fields = {"title": document.title, "body": words, "about": document.id}
    return await _thread_form(request, viewer, found, PostForm(fields))


async def _again(request: Request, viewer: Viewer, found: Found) -> dict[str, str]:
    """What the viewer wrote to begin a thread here that was not posted, where `again` names it. Raises NotFound."""
    if "again" not in request.query_params:
        return {}
    async with state_of(request).database.read() as connection:
        held = await get_own_words(connection, viewer, request.query_params["again"])
    if held.thread_id is not None or held.network_id != found.network.id:
        raise NotFound
    return {"title": held.title, "body": held.body}


async def _discussed(request: Request, viewer: Viewer, found: Found, document_id: str) -> Discussed:
    """The document that the thread is to be about. Raises NotFound."""
    document = None
    if is_id(document_id):
        async with state_of(request).database.read() as connection:
            document = await find_discussed(connection, viewer, document_id, found.network.id)
    if document is None:
        raise NotFound
    return document


async def _network_to_write_in(request: Request, viewer: Viewer) -> Found:
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    decision = may_start_thread(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)
    return found


async def _thread_composer(
    request: Request, viewer: Viewer, network: Network, form: PostForm, error: ForumError | None, preview: str
) -> Composer:
    fields, errors = form.fields, _errors(error)
    path = f"/networks/{network.slug}/threads"
    return Composer(
        action=path,
        network_id=network.id,
        label="Your words",
        button="Start the thread",
        audience=audience_words(network.access, network.name, network.member_count),
        draft=f"network:{network.id}",
        people=f"{path}/people",
        key=new_key(),
        tools=tools_of(state_of(request)),
        body=fields.get("body", ""),
        error=errors.get("body", ""),
        warning=str(error) if isinstance(error, Warned) else "",
        preview=preview,
        slug=network.slug,
        files=await shown_files(state_of(request), viewer, network.id, form),
        files_error=error_of(errors),
    )


async def _thread_form(
    request: Request,
    viewer: Viewer,
    found: Found,
    form: PostForm,
    error: ForumError | None = None,
    preview: str = "",
) -> Response:
    network, fields = found.network, form.fields
    errors = _errors(error)
    composer = await _thread_composer(request, viewer, network, form, error, preview)
    refusal = str(error) if isinstance(error, AlreadySent | TooMany | Forbidden) else ""
    waits = is_held(viewer, network.id)
    title, about = fields.get("title", ""), fields.get("about", "")
    page = NewThreadPage(
        network_name=network.name,
        slug=network.slug,
        accent=network.accent,
        composer=composer,
        waits=waits,
        is_open=network.access == "open",
        title=title,
        errors=errors,
        refusal=refusal,
        about=about,
    )
    return render_page(
        request,
        viewer,
        "threads/new.html",
        page,
        title="Start a thread",
        network_id=network.id,
        status=status_of(error),
        headers=_retry_after(error),
    )


async def create_thread(request: Request) -> Response:
    """Begin a thread, then show it; or the form again."""
    form = await read_post_form(request)
    viewer = await account_of(request)
    found = await _network_to_write_in(request, viewer)
    about = form.fields.get("about", "")
    if about:
        await _discussed(request, viewer, found, about)
    try:
        await bring_all(request, viewer, found.network.id, form)
        posted = await _begin(request, viewer, found.network.id, form, about)
    except _Previewed as previewed:
        return await _thread_form(request, viewer, found, form, preview=previewed.html)
    except (Invalid, AlreadySent, TooMany, Warned, Forbidden) as error:
        return await _thread_form(request, viewer, found, form, error)
    typed = [form.fields.get(name, "") for name in ("title", "body")]
    if posted.is_held:
        return redirect(request, f"/networks/{found.network.slug}", notice=notice_of("held", *typed))
    notice = "already-sent" if posted.is_replay else notice_of("thread-created", *typed)
    return redirect(request, f"/threads/{posted.object_id}", notice=notice)


class _Previewed(Exception):
    """Nothing is to be posted: the writer wants to see what it will look like."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html


async def _begin(request: Request, viewer: Viewer, network_id: str, form: PostForm, about: str) -> Posted:
    state, fields = state_of(request), form.fields
    words = {name: value for name, value in form.words.items() if name != "about"}
    value = validate(NewThread, words | {"files": form.chosen})
    written = await lay_out(state.database, viewer, network_id, value.body)
    if fields.get("act") == PREVIEW_ACT:
        raise _Previewed(previewed(written.html, fields.get("body", "")))
    await warn(fields, value.title, value.body)
    ask_for_alts(fields, await shown_files(state, viewer, network_id, form))
    await ask_limits(state, viewer, THREADS, POSTS_A_DAY, network_id=network_id)
    key = request_key(request, value, fields.get("key"))
    await ask_fair_limits(state, viewer, network_id, value.body, key, is_thread=True)
    files = choices(value.files)
    async with state.transaction() as tx:
        posted = await commands.start_thread(tx, viewer, network_id, value.title, written, key, files)
        if about and not posted.is_replay and not posted.is_held:
            await begin_discussion(tx, about, posted.object_id)
    return posted


# -- A reply --------------------------------------------------------------------------------------


async def create_post(request: Request) -> Response:
    """Post a reply, then show it in its thread; a script gets the post's HTML. Or the form again, with its words."""
    form = await read_post_form(request)
    state = state_of(request)
    is_fragment = "x-fragment" in request.headers
    sight = await see_to_reply(request)
    try:
        await bring_all(request, sight.viewer, sight.network.id, form)
        posted = await _reply(request, sight, form)
    except _Previewed as previewed:
        return await _reply_form(request, sight, form, preview=previewed.html)
    except (Invalid, AlreadySent, TooMany, Forbidden, Warned) as refusal:
        error = await with_why(request, sight, refusal)
        if is_fragment:
            return refused_fragment(request, error)
        return await _reply_form(request, sight, form, error)
    typed = form.fields.get("body", "")
    if posted.is_held:
        return _held_answer(request, f"/threads/{sight.thread.id}?held={posted.object_id}#waiting", typed, is_fragment)
    post = posted.post
    if post is None:
        async with state.database.read() as connection:
            post = await get_post(connection, sight.viewer, posted.object_id)
    place = f"/threads/{sight.thread.id}?at={post.number}#post-{post.number}"
    if is_fragment:
        headers = {"Cache-Control": PRIVATE, "Location": place, **notice_headers(typed)}
        return HTMLResponse(post_fragment(state, post), 201, headers)
    return redirect(request, place, notice="already-sent" if posted.is_replay else notice_of("posted", typed))


async def _reply(request: Request, sight: Sight, form: PostForm) -> Posted:
    state, fields, viewer = state_of(request), form.fields, sight.viewer
    value = validate(NewPost, form.words | {"files": form.chosen})
    written = await lay_out(state.database, viewer, sight.network.id, value.body, sight.thread.id)
    if fields.get("act") == PREVIEW_ACT:
        raise _Previewed(previewed(written.html, fields.get("body", "")))
    await warn(fields, value.body)
    ask_for_alts(fields, await shown_files(state, viewer, sight.network.id, form))
    await ask_limits(state, viewer, POSTS, POSTS_A_DAY, network_id=sight.network.id)
    key = request_key(request, value, fields.get("key"))
    await ask_fair_limits(state, viewer, sight.network.id, value.body, key)
    return await send_reply(state, viewer, sight.thread, written, value.reply_to, key, choices(value.files))


def _held_answer(request: Request, place: str, typed: str, is_fragment: bool) -> Response:
    """The words wait for a moderator: a script is told where its writer sees them."""
    if is_fragment:
        return Response(status_code=202, headers={"Cache-Control": PRIVATE, "Location": place})
    return redirect(request, place, notice=notice_of("held", typed))


async def _reply_form(
    request: Request, sight: Sight, form: PostForm, error: ForumError | None = None, preview: str = ""
) -> Response:
    """The reply alone on its page, its words in it, and a fresh key."""
    path = f"/threads/{sight.thread.id}"
    errors = _errors(error)
    body = form.fields.get("body", "")
    composer = None if isinstance(error, Forbidden) else await _filled(request, sight, form, error, preview)
    page = WritePage(
        title="Your reply",
        lead=f"In “{sight.thread.title}”",
        back_href=path,
        back_text=sight.thread.title,
        network_name=sight.network.name,
        accent=sight.network.accent,
        composer=composer,
        body=body,
        errors=errors,
        refusal=str(error) if error is not None and not errors and not isinstance(error, Warned) else "",
    )
    status, headers = status_of(error), _retry_after(error)
    place = sight.network.id
    return render_page(
        request,
        sight.viewer,
        "threads/write.html",
        page,
        title=page.title,
        network_id=place,
        status=status,
        headers=headers,
    )


async def _filled(
    request: Request, sight: Sight, form: PostForm, error: ForumError | None, preview: str
) -> Composer | None:
    """The form with what was typed and brought; None where nobody may write."""
    state, fields, errors = state_of(request), form.fields, _errors(error)
    composer = make_composer(state, sight)
    if composer is None:
        return None
    composer = replace(
        composer,
        body=fields.get("body", ""),
        error=errors.get("body", ""),
        warning=str(error) if isinstance(error, Warned) else "",
        preview=preview,
        cancel=f"/threads/{sight.thread.id}",
        files=await shown_files(state, sight.viewer, sight.network.id, form),
        files_error=error_of(errors),
    )
    return await _answering(request, sight, composer, fields.get("reply_to", ""))


async def _answering(request: Request, sight: Sight, composer: Composer, answered_id: str) -> Composer:
    if not is_id(answered_id):
        return composer
    async with state_of(request).database.read() as connection:
        answered = await get_post(connection, sight.viewer, answered_id)
    if answered.thread_id != sight.thread.id or answered.removed_at is not None:
        return composer
    href = f"/threads/{sight.thread.id}?at={answered.number}#post-{answered.number}"
    return replace(composer, reply_to=answered.id, answering=answering_words(answered), answering_href=href)


def _errors(error: ForumError | None) -> dict[str, str]:
    return dict(error.errors) if isinstance(error, Invalid) else {}


def status_of(error: ForumError | None) -> int:
    """The status of an answer that this error makes; 200 without one."""
    return STATUSES[type(error)][0] if error is not None else 200


def _retry_after(error: ForumError | None) -> dict[str, str]:
    return {"Retry-After": str(max(1, error.retry_after))} if isinstance(error, TooMany) else {}


def refused_fragment(request: Request, error: ForumError) -> Response:
    """The sentence alone, for a script that sent the form and keeps its words."""
    html = render_fragment(request, "threads/_refusal.html", sentence=str(error))
    headers = {"Cache-Control": PRIVATE, **_retry_after(error)}
    if isinstance(error, AlreadySent):
        headers["X-Key"] = new_key()
    if isinstance(error, Warned):
        headers["X-Act"] = ANYWAY
    return HTMLResponse(html, status_of(error), headers)
