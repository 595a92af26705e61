"""What an administrator of the site does without reading any network: judges appeals nobody else can, and erases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.acts.erasing import erase_post
from forum.acts.erasing_documents import erase_document
from forum.acts.quoting import see_quoting
from forum.addresses import get, post
from forum.errors import Forbidden, Invalid, NotFound
from forum.forms import read_form
from forum.moderation.act_queries import list_appeals
from forum.moderation.asking import limit_acts
from forum.moderation.inputs import Erasure
from forum.moderation.queries import Stuck, list_stuck
from forum.moderation.records import ShownAct
from forum.moderation.wording import what_was_done
from forum.policy import may_edit_site, may_erase
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words

NO_SUCH_POST = "There is no post or document with this number. Copy it again from what you were sent."


@dataclass(frozen=True, slots=True)
class AppealsPage:
    """What nobody in its network may decide: `moderation/site_appeals.html`."""

    appeals: Sequence[tuple[ShownAct, str]]
    """Each with what it is against."""
    stuck: Sequence[Stuck]


async def list_site_appeals(request: Request) -> Response:
    """Appeals that no administrator of the network may judge, and networks where nobody may decide about a report."""
    viewer = await account_of(request)
    decision = may_edit_site(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    async with state_of(request).database.read() as connection:
        appeals = await list_appeals(connection, viewer, None)
        stuck = await list_stuck(connection, viewer)
    page = AppealsPage([(act, what_was_done(act)) for act in appeals], stuck)
    return render_page(request, viewer, "moderation/site_appeals.html", page, title="Appeals")


@dataclass(frozen=True, slots=True)
class ErasingPage:
    """The form that erases a post by its number: `moderation/erasing.html`."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    is_done: bool
    """A post was erased just now."""


async def new_erasing(request: Request) -> Response:
    """Which post, and why; nothing of it is shown."""
    viewer = await _eraser(request)
    is_done = request.query_params.get("done") == "yes"
    return _form(request, viewer, {"post": request.query_params.get("post", "")[:100]}, {}, is_done=is_done)


async def _eraser(request: Request) -> Viewer:
    viewer = await account_of(request)
    decision = may_erase(viewer)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer


def _form(
    request: Request, viewer: Viewer, typed: Mapping[str, str], errors: Mapping[str, str], *, is_done: bool = False
) -> Response:
    page, status = ErasingPage(typed, errors, is_done), 422 if errors else 200
    return render_page(request, viewer, "moderation/erasing.html", page, title="Erase for good", status=status)


async def create_erasing(request: Request) -> Response:
    """Erase the post and every quote of it."""
    viewer = await _eraser(request)
    fields = await read_form(request)
    try:
        if fields.get("sure") != "yes":
            raise Invalid({"sure": "Tick this box: nobody can bring the words back."})
        value = validate_words(
            request, Erasure, {name: fields.get(name, "") for name in ("post", "reason", "keep_title")}
        )
        await limit_acts(request, viewer)
        is_done = await _erase(request, viewer, value)
    except NotFound:
        return _form(request, viewer, fields, {"post": NO_SUCH_POST})
    except Invalid as error:
        return _form(request, viewer, fields, error.errors)
    if not is_done:
        return redirect(request, "/site/erasing", notice="erased-before")
    return redirect(request, "/site/erasing?done=yes")  # it stays on the page: a line that goes by itself is missed


async def _erase(request: Request, viewer: Viewer, value: Erasure) -> bool:
    """The post of this id, or else the document; False where the post was erased before. Raises NotFound."""
    state = state_of(request)
    async with state.database.read() as connection:
        seen = await see_quoting(connection, value.post)
    try:
        async with state.transaction() as tx:
            act_id = await erase_post(tx, viewer, value.post, value.reason, keep_title=value.keep_title, seen=seen)
            return act_id is not None
    except NotFound:
        async with state.transaction() as tx:
            return await erase_document(tx, viewer, value.post, value.reason)


ROUTES: list[BaseRoute] = [
    get("/site/appeals", list_site_appeals),
    get("/site/erasing", new_erasing),
    post("/site/erasing", create_erasing),
]
