"""Goes to each place where a network could be seen, as somebody else, and says what stands there."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from markupsafe import escape
from starlette.requests import Request
from starlette.types import Message

from auth.backend import cookie_name
from forum.network_reads import Found
from forum.state import State, state_of
from forum.stewardship.rehearsal_commands import Standing, rehearse
from forum.stewardship.seen_queries import Content, read_content
from forum.viewer import Viewer
from ground.columns import new_id

MOST_NAMED = 3
_INPUTS = re.compile(r"<input\b[^>]*>|<title>.*?</title>", re.DOTALL)
_QUESTION = re.compile(r'href="/search[^"]*"|</?mark\b[^>]*>')
"""What repeats the question on the page of a search, and what stands around the words that were found."""
_WRITTEN = ("titles of threads", "words of posts", "titles of documents", "titles of cards")
_INSIDE = re.compile(r"<main\b.*?</main>", re.DOTALL)
_SCRIPTS = re.compile(r"<script\b.*?</script>|<link rel=\"modulepreload\"[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered."""

    status: int
    location: str
    body: str


@dataclass(frozen=True, slots=True)
class Surface:
    """A place where a network could be seen, and what somebody gets there."""

    key: str
    path: str
    status: int
    location: str
    shown: tuple[str, ...]
    """What of the network stands there, in words; empty for nothing."""
    is_as_nothing: bool
    """A 404 that is, letter by letter, that of an address where there is nothing."""
    body: str


async def look_as(request: Request, viewer: Viewer, found: Found, standing: Standing) -> list[Surface]:
    """What somebody of this standing gets at each place. Writes nothing; see `rehearsal_commands`."""
    state, network = state_of(request), found.network
    async with state.database.read() as connection:
        content = await read_content(connection, viewer, network)
    places = _places(request, found, viewer, content)
    surfaces = []
    async with rehearse(state, network.id, standing, viewer.id) as (stage, secret):
        for key, path, nowhere in places:
            answer = await _ask(request, stage, secret, path)
            is_as_nothing = False
            if answer.status == 404 and nowhere:
                nothing = await _ask(request, stage, secret, nowhere)
                is_as_nothing = _plain(answer.body, path) == _plain(nothing.body, nowhere) and nothing.status == 404
            shown = () if is_as_nothing else _shown(key, answer.body, found, content)
            surfaces.append(Surface(key, path, answer.status, answer.location, shown, is_as_nothing, answer.body))
    return surfaces


def _places(request: Request, found: Found, viewer: Viewer, content: Content) -> list[tuple[str, str, str]]:
    """Key, address, and an address of the same shape at which there is nothing."""
    network = found.network
    path, nowhere = f"/networks/{network.slug}", f"/networks/{secrets.token_hex(8)}"
    places = [("address", path, nowhere)]
    places += [(key, f"{path}/{key}", f"{nowhere}/{key}") for key in ("documents", "knowledge", "members")]
    if content.thread_id:
        places.insert(1, ("thread", f"/threads/{content.thread_id}", f"/threads/{new_id()}"))
    if content.document_id:
        places.append(("document", f"/documents/{content.document_id}", f"/documents/{new_id()}"))
    if content.card_id:
        places.append(("card", f"/cards/{content.card_id}", f"/cards/{new_id()}"))
    query = urlencode({"q": network.name[:200]})
    sought = urlencode({"q": (content.titles[0] if content.titles else network.name)[:200]})
    places += [("directory", f"/networks?{query}", ""), ("search", f"/search?{sought}", "")]
    places += [("profile", f"/people/{viewer.id}", f"/people/{new_id()}")]
    places += [("home", "/", "")]
    if any(getattr(route, "path", "") == "/notifications" for route in request.app.routes):
        places.append(("list", "/notifications", ""))
    return [*places, ("program", f"/api/v1{path}", f"/api/v1{nowhere}")]


async def _ask(request: Request, stage: State, secret: str, path: str) -> Answer:
    """One request within this process, through the same routes as every other."""
    place, _, query = path.partition("?")
    headers = [(b"host", request.headers.get("host", "").encode()), (b"accept", b"text/html")]
    if secret:
        name = cookie_name(stage.settings.public_url)
        headers.append((b"cookie", f"{name}={secret}".encode()))
    kept = ("http_version", "scheme", "server", "client", "root_path", "starlette.exception_handlers")
    scope: dict[str, Any] = {name: request.scope[name] for name in kept if name in request.scope}
    app = SimpleNamespace(state=SimpleNamespace(confer=stage), routes=request.app.routes)
    scope |= {"type": "http", "method": "GET", "path": place, "raw_path": place.encode(), "app": app}
    scope |= {"query_string": query.encode(), "headers": headers, "state": {}, "confer.request_id": ""}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await request.app.router(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    given: Mapping[bytes, bytes] = dict(sent[0]["headers"])
    return Answer(sent[0]["status"], given.get(b"location", b"").decode(), body.decode(errors="replace"))


def _plain(body: str, path: str) -> str:
    """The answer without what repeats the question."""
    asked = path.partition("?")[0]
    for word in (asked, asked.rsplit("/", 1)[-1]):
        body = body.replace(word, "")
    return re.sub(r'name="key" value="[^"]*"', "", body)


def _shown(key: str, body: str, found: Found, content: Content) -> tuple[str, ...]:
    """What of the network stands in this answer."""
    text, network = _QUESTION.sub("", _INPUTS.sub("", body)), found.network
    # The frame around every page says "Search" and "Privacy", and so may the title of a thread.
    inside = " ".join(each[0] for each in _INSIDE.finditer(text)) or text
    # There a link to it counts, for its name repeats the question.
    by_link, is_directory = key in ("directory", "search", "profile", "home", "list"), key == "directory"

    def holds(words: str) -> bool:
        return bool(words) and (str(escape(words)) in inside or words in inside)

    def some(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for word in words if holds(word)))

    shown = []
    is_linked = by_link and f'/networks/{network.slug}"' in text
    # A notification may name a network to which it doesn't lead, and nothing on that page repeats a question.
    if is_linked or ((not by_link or key == "list") and holds(network.name)):
        shown.append("its name")
    if is_directory and not is_linked:
        return tuple(shown)
    if key == "search" and f"/threads/{content.thread_id or network.id}" not in text:
        return tuple(shown)  # a thread of another network may have the same title
    if holds(network.purpose) and (is_linked or not by_link):
        shown.append("what it is for")
    written = (content.titles, content.words, content.documents, content.cards)
    shown += [what for what, words in zip(_WRITTEN, written, strict=True) if some(words)]
    if people := some(content.people):
        shown.append(f"people by name ({_few(people)})")
    # A profile and one's own lists name organisations that have nothing to do with the network.
    if not by_link or (is_directory and shown):
        if organisations := some(content.organisations):
            shown.append(f"organisations of its members ({_few(organisations)})")
        if re.search(rf"(?<!\d){content.size}(?!\d)", inside):
            shown.append(f"how large it is, roughly ({content.size})")
    return tuple(shown)


def _few(names: Sequence[str]) -> str:
    """Some of the names, and how many more there are."""
    return ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def framed(body: str) -> str:
    """The page to be shown in a frame: without scripts, and with links that lead nowhere in it."""
    return _SCRIPTS.sub("", body).replace("<head>", '<head><base target="_blank">', 1)
