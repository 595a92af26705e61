"""Addresses of the table, filled in with what there is in a place, or with nothing that exists; and asked."""

import io
import re
import secrets
import string
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from forum.routes import ROUTES
from ground.columns import new_id
from tests.privacy.asker import Answer
from tests.privacy.url_bodies import BODIES
from tests.privacy.url_documents import WITH_FILE
from tests.privacy.world import Place, World

_PART = re.compile(r"\{(\w+)(?::\w+)?\}")
_KEY = re.compile(rb'<input[^>]* name="key"[^>]*>')
_NOTED = re.compile(rb'"(?:seen_at|expires_at)": "[^"]*"')
"""When a session was last noted, in what is held about oneself: each server notes it in its own time."""
_LAST_USED = re.compile(rb"<span>last used .*?</span>")
# Headers that differ between any two answers and tell nothing; the length follows from the body, which is compared.
_FREE_HEADERS = frozenset(("date", "x-request-id", "content-length"))
API = "/api/v1/"


@dataclass(frozen=True, slots=True)
class Filling:
    """What the parts of an address become."""

    slug: str
    thread: str
    post: str
    account: str
    invitation: str
    network: str
    case: str
    act: str
    announcement: str
    held: str = ""
    document: str = ""
    folder: str = ""
    picture: str = ""
    card: str = ""
    use: str = ""


def existing(world: World, place: Place, account: str = "spare") -> Filling:
    """The place, the thread and the post of `member`, and somebody in it."""
    invitation = place.invitation or new_id()
    thread, post, account_id = place.threads[0], place.posts[0], world.ids[account]
    own = (place.case, place.act, place.announcement, place.held, place.document, place.folder, place.picture)
    mine = (each or new_id() for each in (*own, place.card, place.use))  # not all have all
    return Filling(place.slug, thread, post, account_id, invitation, place.id, *mine)


def nothing(place: Place) -> Filling:
    """Addresses of the same shape as the place's, at which there is nothing."""
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))
    slug = place.slug[: len(place.slug) - 8].rstrip("-") + "-" + letters
    slug = ("x" * len(place.slug) + slug)[-len(place.slug) :]
    return Filling(slug, *(new_id() for _ in range(14)))


def every_address() -> set[str]:
    """All that `forum.routes` answers, as `GET /path`."""
    return {
        f"{method} {route.path}"
        for route in ROUTES
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


def lies_in_place(address: str) -> bool:
    """Whether it is the address of something in a network, or of a person."""
    parts = (
        "{slug:slug}",
        "{account_id",
        "/threads/{",
        "/posts/{",
        "{case",
        "{act",
        "/held/{",
        "{document",
        "{folder",
        "{file_id",
        "{card_id",
    )
    return any(part in address for part in parts)


def filled(address: str, filling: Filling) -> str:
    """The path of an address of the table."""
    path = address.split(" ", 1)[1]
    is_post = path.removeprefix("/api/v1").startswith("/posts/")
    values = {
        "slug": "contact" if path.startswith("/about/") else filling.slug,
        "id": filling.post if is_post else filling.thread,
        "account_id": filling.account,
        "invitation_id": filling.invitation,
        "review_id": filling.invitation,
        "held_id": filling.held,
        "decision_id": filling.invitation,
        "case_id": filling.case,
        "act_id": filling.act,
        "organisation_id": filling.account,  # there is none of this id
        "announcement_id": filling.announcement,
        "document_id": filling.document,
        "folder_id": filling.folder,
        "file_id": filling.picture,
        "card_id": filling.card,
        "use_id": filling.use,
        "number": "2" if path.endswith("/changes") else "1",  # before the first there was nothing
        "page": "1",
        "fits": "360",
        "side": "96",
        "secret": "no-such-secret",
        "name": "no-such-file.css",
    }
    return _PART.sub(lambda match: values[match[1]], path)


def ask(world: World, visitor: str, place: Place, address: str, filling: Filling, *, empty: bool = False) -> Answer:
    """What this visitor gets there, with valid words or (`empty`) without any."""
    method = address.split(" ", 1)[0]
    path = filled(address, filling)
    if method == "GET":
        return doors(world, path)[visitor].get(path)
    words = {"name": place.name, "access": place.access, "requested": world.ids["requested"]}
    words |= {"post": filling.post, "slug": place.slug, "folder": filling.folder}
    body = {} if empty else {_said(name, words): _said(value, words) for name, value in BODIES.get(address, {}).items()}
    if address in WITH_FILE:
        file = ("A file.txt", f"Words of {visitor}") if not empty else None
        return doors(world, path)[visitor].ask(method, path, form=body, file=file)
    if path.startswith(API):
        return world.programs[visitor].ask(method, path, json=body)
    return world.browsers[visitor].ask(method, path, form=body)


def doors(world: World, path: str) -> dict[str, Any]:
    """Who asks there: programs the API, browsers the rest."""
    return world.programs if path.startswith(API) else world.browsers


def _said(value: Any, words: dict[str, str]) -> Any:
    return _PART.sub(lambda match: words[match[1]], value) if isinstance(value, str) else value


_HASHED = re.compile(r'^(etag: (?:W/"|"[0-9]+-))[0-9a-f]{16}(?:-br)?"$', re.MULTILINE)
"""The ETag of an object: its version, where it is told, and a hash of the answer with the site's own address in it."""


def _unpacked(answer: Answer) -> bytes:
    """The body; of what is held about oneself the files in it, for the zip around them has their sums and the time."""
    if not dict(answer.headers).get("content-disposition", "").startswith('attachment; filename="confer-'):
        return answer.body
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def shown(answer: Answer, names: Iterable[str] = ()) -> tuple[int, str, str]:
    """Status, headers and body without the parts that are random in each answer; `names` all become one."""
    told = ((name, value) for name, value in answer.headers if name not in _FREE_HEADERS)
    # A session that was last noted five minutes ago is noted again, and gets another thirty days: on a slow machine one
    # world is later.
    told = (
        each for each in told if not (each[0] == "set-cookie" and each[1].startswith("confer=") and each[1][7] != ";")
    )
    headers = "\n".join(sorted(f"{name}: {value}" for name, value in told))
    body = _NOTED.sub(b"<noted>", _LAST_USED.sub(b"<used>", _KEY.sub(b"<key>", _unpacked(answer))))
    body = body.decode(errors="backslashreplace")
    for name in (*names, dict(answer.headers)["x-request-id"]):
        headers, body = headers.replace(name, "<name>"), body.replace(name, "<name>")
    return answer.status, _HASHED.sub(r'\1<hash>"', headers), body
