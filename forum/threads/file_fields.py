"""Files in the form of a post: what was brought with it, what was brought before, and what each picture shows.

A file that came stands in the form as `file-<id>`, with `alt-<id>` beside it; `carries` says that the form shows them,
so that one that does not name a file takes it out. Without a script files come with the form itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request

from auth.rules import UPLOADS
from forum.asking import limit
from forum.attaching import MOST_FILES, TOO_MANY_FILES, list_unsent
from forum.bringing import bring_file
from forum.errors import ForumError, Invalid, StoreFull, TooLarge, Warned
from forum.file_forms import read_file_form
from forum.filing.brought import BroughtFile
from forum.forms import read_form
from forum.notices import name_all
from forum.records import PostFile
from forum.state import State, state_of, viewer_of
from forum.threads.warning import ANYWAY_ACT
from forum.viewer import Viewer
from ground.columns import is_id

_KEPT, _ALT, CARRIES, FILE = "file-", "alt-", "carries", "file"


@dataclass(slots=True)
class PostForm:
    """The fields of the form, the files that came with it, and why not all of them could be taken."""

    fields: dict[str, str]
    brought: Sequence[BroughtFile] = ()
    error: ForumError | None = None

    @property
    def words(self) -> dict[str, Any]:
        """All but what is said of files, and which button was pressed."""
        return {
            name: value
            for name, value in self.fields.items()
            if name not in ("act", FILE, CARRIES) and not name.startswith((_KEPT, _ALT))
        }

    @property
    def chosen(self) -> list[dict[str, str]]:
        """The files that the post is to carry, as inputs take them."""
        ids = [name.removeprefix(_KEPT) for name in self.fields if name.startswith(_KEPT)]
        return [{"id": each, "alt": self.fields.get(_ALT + each, "")} for each in ids]

    def take_up(self, file: PostFile) -> None:
        """From now on the form names this file."""
        self.fields |= {_KEPT + file.id: "1", CARRIES: "1"}


async def read_post_form(request: Request) -> PostForm:
    """The form of this request, whichever way it comes. Files of nobody are passed over; the words are kept."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return PostForm(await read_form(request))
    viewer = await viewer_of(request)
    try:
        form = await read_file_form(
            request, viewer.id, most=MOST_FILES, too_many=TOO_MANY_FILES, keeps=viewer.is_signed_in
        )
    except (Invalid, TooLarge, StoreFull) as error:
        sentence = error.errors.get(FILE) if isinstance(error, Invalid) else str(error)
        if not sentence:
            raise
        return PostForm(request.scope["confer.form"], (), Invalid({FILE: sentence}))
    return PostForm(form.fields, form.files)


def error_of(errors: Mapping[str, str]) -> str:
    """The sentence for the files of the form; empty where nothing is wrong with them."""
    return next((words for name, words in errors.items() if name == FILE or name.partition(".")[0] == "files"), "")


async def bring_all(request: Request, viewer: Viewer, network_id: str, form: PostForm) -> None:
    """Keep the files that came with the form: from now on it names them. Raises Invalid, Forbidden and TooMany."""
    brought, form.brought = form.brought, ()
    if form.error is not None:
        error, form.error = form.error, None
        raise error
    if len(form.chosen) + len(brought) > MOST_FILES:
        raise Invalid({FILE: TOO_MANY_FILES})
    for each in brought:
        await limit(request, UPLOADS, viewer.id)
        try:
            file, _ = await bring_file(state_of(request), viewer, network_id, each)
        except StoreFull as error:
            raise Invalid({FILE: str(error)}) from error
        form.take_up(file)


async def shown_files(
    state: State, viewer: Viewer, network_id: str, form: PostForm, known: Sequence[PostFile] = ()
) -> tuple[PostFile, ...]:
    """The files that the form names, with what was typed beside them; `known` are those that the post carries."""
    ids = [each["id"] for each in form.chosen if is_id(each["id"])]
    if not ids:
        return ()
    found = {each.id: each for each in known}
    async with state.database.read() as connection:
        found |= await list_unsent(connection, viewer.id, network_id, [each for each in ids if each not in found])
    alts = {each["id"]: each["alt"] for each in form.chosen}
    return tuple(replace(found[each], alt=alts[each]) for each in ids if each in found)


def ask_for_alts(fields: Mapping[str, str], files: Sequence[PostFile]) -> None:
    """Raises Warned where nothing says what a picture shows, unless the writer was asked for it and goes on."""
    silent = [each.name for each in files if each.is_picture and not each.alt.strip()]
    if silent and fields.get("act") != ANYWAY_ACT:
        names, verb = name_all([f"“{name}”" for name in silent]), "shows" if len(silent) == 1 else "show"
        raise Warned(
            f"Say in a few words what {names} {verb}, for people who can’t see it: they hear your words instead. "
            "If there is nothing to say, post it anyway."
        )
