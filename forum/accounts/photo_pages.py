"""Photos of people: one's own is brought and taken away, those of others are shown to who may see their profiles."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import UPLOADS
from forum.accounts.photo_commands import change_photo, remove_photo
from forum.accounts.photo_queries import get_photo, list_with_photo
from forum.accounts.settings_pages import profile_form
from forum.addresses import get, post
from forum.asking import limit
from forum.errors import Invalid, StoreFull, TooLarge, TooMany
from forum.file_forms import FILE, read_file_form
from forum.files.downloads import Download
from forum.rendering import PRIVATE, redirect
from forum.state import account_of, state_of, viewer_of
from ground.columns import is_id

MOST_ASKED = 100
CHOOSE = "Choose a picture."
_STATUSES: dict[type[Exception], int] = {TooMany: 429, TooLarge: 413, StoreFull: 507}


async def show_photo(request: Request) -> Response:
    """Somebody's photo, for who may see what they wrote about themselves."""
    state, viewer, asked = state_of(request), await viewer_of(request), request.path_params
    async with state.database.read() as connection:
        photo = await get_photo(connection, viewer, asked["account_id"], min(asked["side"], 2**31 - 1))
    return Download(state.files, photo, is_ours=True)


async def list_photos(request: Request) -> Response:
    """Of which people (`id`, several times) there is a photo that the viewer may see: for scripts."""
    viewer = await viewer_of(request)
    ids = {each for each in request.query_params.getlist("id")[:MOST_ASKED] if is_id(each)}
    shown: list[str] = []
    if ids:
        async with state_of(request).database.read() as connection:
            shown = await list_with_photo(connection, viewer, ids)
    return JSONResponse({"ids": sorted(shown)}, headers={"Cache-Control": PRIVATE})


async def update_photo(request: Request) -> Response:
    """Take the picture, or take the present one away."""
    viewer, state = await account_of(request), state_of(request)
    try:
        await limit(request, UPLOADS, viewer.id)
        form = await read_file_form(request, viewer.id)
        if form.fields.get("act") == "remove":
            async with state.transaction() as tx:
                await remove_photo(tx, viewer.id)
            return redirect(request, "/settings/profile", "photo-removed")
        if form.file is None:
            raise Invalid({FILE: CHOOSE})
        await change_photo(state, viewer, form.file)
    except (Invalid, TooLarge, StoreFull, TooMany) as error:
        errors = error.errors if isinstance(error, Invalid) else {FILE: str(error)}
        return await profile_form(request, viewer, errors, _STATUSES.get(type(error), 422))
    return redirect(request, "/settings/profile", "photo-changed")


ROUTES: list[BaseRoute] = [
    get("/people/photos", list_photos),
    get("/people/{account_id:id}/photo/{side:int}", show_photo),
    post("/settings/photo", update_photo),
]
