"""A small community on a server: networks of each kind of access, and every kind of visitor.

Each kind of visitor has the same standing in all of them. What is said in a network carries that
network's own canaries: words that stand nowhere else, another one for each kind of thing.
"""

import asyncio
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from auth.accounts import find_account_by_email, suspend_account
from auth.backend import cookie_name
from auth.sessions import start_session
from forum.accounts.commands import create_verified_account
from forum.accounts.inputs import NewAccount
from forum.app import make_state
from forum.forms import validate
from forum.search.following_commands import follow_networks, is_behind, read_over
from forum.search.text_commands import follow_texts
from forum.settings import Settings
from forum.state import State
from forum.tables import followed_streams, networks, version_previews
from realtime.tables import streams
from tests.previews.making import write_pdf
from tests.privacy.asker import Asker
from tests.servers.confer import PASSWORD, ConferServer, Person

ACCESSES = ("open", "closed", "unlisted", "secret")
HIDDEN = ("closed", "unlisted", "secret")
OUTSIDE = ("signed_out", "outsider", "requested", "refused", "left", "removed", "banned", "suspended", "elsewhere")
"""Visitors who may not read what a closed network holds. `suspended` was a member when they were suspended;
`elsewhere` is a member of the open network, and administers another closed one."""
INSIDE = ("fellow", "member", "moderator", "administrator")
"""`member` wrote what is asked for, `fellow` is a member who did not."""
TARGETS = ("spare", "insider")
"""Members with whom others may do what they like; of the `insider` nothing is known outside hidden networks."""
VISITORS = (*OUTSIDE, "invited", "site_administrator", *INSIDE, *TARGETS)
KINDS = (
    "name",
    "purpose",
    "content",
    "title",
    "earlier",
    "removed",
    "asked",
    "message",
    "reason",
    "document",
    "file",
    "card",
)
"""What a canary of a network stands in."""
ASKING = ("member", "moderator")
"""Who came by asking; other members were invited."""


_BITMAP = (
    b"BM" + struct.pack("<IIIIiiHHIIiiII", 102, 0, 54, 40, 4, 4, 1, 24, 0, 48, 9, 9, 0, 0) + b"\x10\x40\x70" * 16
).decode()


@dataclass(slots=True)
class Place:
    """One network of the world, and what is in it."""

    access: str
    words: dict[str, str] = field(default_factory=lambda: {kind: kind + secrets.token_hex(6) for kind in KINDS})
    id: str = ""
    slug: str = ""
    former_slug: str = ""
    invitation: str = ""
    case: str = ""
    """What `fellow` reported of `member`."""
    act: str = ""
    """A warning of `member` by `moderator`."""
    announcement: str = ""
    threads: list[str] = field(default_factory=list)
    held: str = ""
    """What `fellow` wrote and a moderator has not read yet."""
    document: str = ""
    """By `member`, with two versions."""
    folder: str = ""
    """It lies in this one."""
    picture: str = ""
    """In a post of `member`."""
    card: str = ""
    """By `member`, with an earlier wording."""
    use: str = ""
    """`fellow` uses it, too."""
    posts: list[str] = field(default_factory=list)
    """By `member` (edited since), `moderator`, `removed`, and `moderator` again (removed since)."""

    @property
    def name(self) -> str:
        """What the network is called."""
        return f"Network {self.words['name']}"

    def reason(self, visitor: str) -> str:
        """What this visitor was told when they were refused, removed or banned."""
        return f"{self.words['reason']}{visitor}"


class World:
    """The community: `browsers[visitor]` asks pages as that visitor, `programs[visitor]` asks the API."""

    def __init__(self, server: ConferServer) -> None:
        self.server = server
        self.people: dict[str, Person] = {}
        self.ids: dict[str, str] = {}
        self.sessions: dict[str, str] = {}
        self.places = {access: Place(access) for access in ACCESSES}
        self.turned = Place("secret")
        """Was open when it was written in, and is secret now."""
        self.opened = Place("open")
        """Was closed when it was written in, and is open now, without what was written before."""
        self.elsewhere = Place("closed")
        """Has nobody but `elsewhere` in it."""
        self.browsers: dict[str, Asker] = {}
        self.programs: dict[str, Asker] = {}

    async def build(self) -> "World":
        """Make everything; what people do goes through the server's own doors."""
        state = make_state(settings_of(self.server))
        password_hash = await state.passwords.hash(PASSWORD)
        for visitor in VISITORS:
            if visitor != "signed_out":
                await self._add_person(state, visitor, password_hash)
        self.open_doors()
        assert self.browsers["member"].get("/settings/profile").status == 200
        for place in self.places.values():
            self._fill(place)
        self._fill_others()
        await all_told(state)
        async with state.database.write() as connection:
            account = await find_account_by_email(connection, self.people["suspended"].email)
            assert account is not None
            await suspend_account(connection, account.id)
        await state.close()
        return self

    def moved_to(self, server: ConferServer) -> "World":
        """The same world as another server shows it: the same people, ids and sessions."""
        other = World(server)
        other.people, other.ids, other.sessions = self.people, self.ids, self.sessions
        other.places, other.turned, other.elsewhere = self.places, self.turned, self.elsewhere
        other.opened = self.opened
        other.open_doors()
        return other

    def open_doors(self) -> None:
        """A browser and a program for each visitor."""
        for visitor in VISITORS:
            is_known = visitor in self.people
            cookie = f"{cookie_name(self.server.url)}={self.sessions[visitor]}" if is_known else ""
            self.browsers[visitor] = Asker(self.server.url, {"Cookie": cookie} if is_known else {})
            self.programs[visitor] = Asker(self.server.url, self.people[visitor].bearer if is_known else {})

    def close(self) -> None:
        """End every connection."""
        for asker in (*self.browsers.values(), *self.programs.values()):
            asker.close()

    def do(self, visitor: str, method: str, path: str, json: object = None) -> Any:
        """One request to the API that must succeed; its answer."""
        answer = self.programs[visitor].ask(method, f"/api/v1{path}", json=json)
        assert answer.status < 300, (visitor, method, path, answer.status, answer.body.decode())
        return answer.json() if answer.body else None

    # -- What people do ----------------------------------------------------------------------------

    def begin_thread(self, place: Place, words: str = "", by: str = "member") -> tuple[str, str]:
        """A thread with its first post; their ids."""
        body = {"title": f"About {place.words['title']}", "body": words or f"First {place.words['content']}"}
        thread = self.do(by, "POST", f"/networks/{place.slug}/threads", body)
        return thread["id"], thread["first_post"]["id"]

    def write(self, place: Place, people: tuple[str, ...] = ("member", "moderator", "removed", "moderator")) -> str:
        """A thread with answers of these people; the first is edited then, and the last removed. The thread's id."""
        thread, _ = self.begin_thread(place)
        written = []
        for number, by in enumerate(people):
            kind = "earlier" if number == 0 else "removed" if number == len(people) - 1 else "content"
            body = {"body": f"Answer **{number}** {place.words[kind]} @Ada Outsider, @Ada Fellow"}
            written.append(self.do(by, "POST", f"/threads/{thread}/posts", body)["id"])
        self.do(people[0], "PATCH", f"/posts/{written[0]}", {"body": f"Edited {place.words['content']}"})
        self.do("moderator", "POST", f"/posts/{written[-1]}/removal", {"reason": place.words["content"]})
        place.threads.append(thread)
        place.posts += written
        return thread

    def report(self, place: Place, post: str = "") -> str:
        """A case: `fellow` reports a post, or `member` where none is named."""
        path = f"/posts/{post}" if post else f"/networks/{place.slug}/members/{self.ids['member']}"
        said = {"rule": "abuse", "words": f"Look at {place.words['content']}"}
        self.do("fellow", "POST", f"{path}/reports", said)
        cases = self.do("administrator", "GET", f"/networks/{place.slug}/reports?limit=100")["items"]
        return next(case["id"] for case in cases if case["post_id"] == (post or None))

    def warn(self, place: Place, *, appealed: bool = False) -> str:
        """An act: `moderator` warns `member`, who may appeal against it."""
        path = f"/networks/{place.slug}/members/{self.ids['member']}/warnings"
        act = self.do("moderator", "POST", path, {"reason": f"Mind {place.words['content']}"})["id"]
        if appealed:
            self.do("member", "POST", f"/acts/{act}/appeal", {"words": f"I did not say {place.words['content']}"})
        return str(act)

    def hold(self, place: Place) -> str:
        """A reply of `fellow` that waits for a moderator; its id. What they write otherwise is read at once."""
        path = f"/networks/{place.slug}/members/{self.ids['fellow']}/hold"
        self.do("administrator", "PUT", path, {"reason": "Read them first"})
        words = {"body": f"Waiting {place.words['content']}"}
        held = self.do("fellow", "POST", f"/threads/{place.threads[0]}/posts", words)
        self.do("administrator", "DELETE", path)
        return str(held["id"])

    def make_folder(self, place: Place, by: str = "member", *, narrowed: bool = False) -> str:
        """A folder with a name of its own; its id."""
        said = {"name": f"Folder {place.words['document']} {secrets.token_hex(3)}", "narrowed": narrowed}
        return str(self.do(by, "POST", f"/networks/{place.slug}/folders", said)["id"])

    def share(self, place: Place, by: str = "member", folder: str = "") -> str:
        """A document with a second version; its id."""
        title = f"Document {place.words['document']}"
        said = {"title": title, "description": title, "tags": place.words["document"], "folder": folder}
        name, words = place.words["file"], f"Words {place.words['file']}"
        drawn = (f"{name}.pdf", write_pdf([words]).decode("latin-1"))
        document = self.bring(by, f"/networks/{place.slug}/documents", said, drawn)
        said = {"note": title, "base": "1"}
        self.bring(by, f"/documents/{document}/versions", said, (f"{name}.txt", words * 2))
        return document

    def attach(self, place: Place, by: str = "member", *, is_sent: bool = True) -> str:
        """A picture in a post, or one that is not sent yet; its id. All its bytes are letters of ASCII."""
        said, name = {"alt": place.words["file"]}, f"{place.words['file']}.bmp"
        file = self.bring(by, f"/networks/{place.slug}/files", said, (name, _BITMAP))
        if is_sent:
            body = {"body": f"Drawn {place.words['content']}", "files": [{"id": file, **said}]}
            self.do(by, "POST", f"/threads/{place.threads[0]}/posts", body)
        return file

    def make_card(self, place: Place, by: str = "member", source: tuple[str, str] | None = None) -> str:
        """A card with an earlier wording; its id."""
        words = f"Card {place.words['card']}"
        said = dict.fromkeys(("title", "problem", "done", "place", "result", "evidence", "contact"), words)
        said |= {"source_kind": source[0], "source_id": source[1]} if source else {}
        card = self.do(by, "POST", f"/networks/{place.slug}/cards", said)["id"]
        self.do(by, "PATCH", f"/cards/{card}", {"result": f"{words} twice"})
        return str(card)

    def use(self, place: Place, card: str, by: str = "fellow") -> str:
        """Somebody says that they use it, too; the id of that."""
        return str(self.do(by, "POST", f"/cards/{card}/uses", {"words": f"Here {place.words['card']}"})["id"])

    def bring(self, visitor: str, path: str, said: dict[str, str], file: tuple[str, str]) -> str:
        """Send a file to the API; the id of what it makes."""
        answer = self.programs[visitor].ask("POST", f"/api/v1{path}", form=said, file=file)
        assert answer.status == 201, (visitor, path, answer.status, answer.body.decode())
        return str(answer.json()["id"])

    def invite(self, place: Place, *visitors: str) -> None:
        """Invite these visitors, or people of other addresses."""
        emails = [self.people[visitor].email if visitor in self.people else visitor for visitor in visitors]
        wanted = {"emails": emails, "message": place.words["message"]}
        self.do("administrator", "POST", f"/networks/{place.slug}/invitations", wanted)

    def join(self, place: Place, visitor: str, words: str = "") -> None:
        """Join, accept an invitation, or ask to be admitted."""
        self.do(visitor, "PUT", f"/networks/{place.slug}/members/me", {"words": words})

    def change_member(self, place: Place, visitor: str, **change: str) -> None:
        """What an administrator decides about somebody."""
        self.do("administrator", "PATCH", f"/networks/{place.slug}/members/{self.ids[visitor]}", change)

    # -- How it was made ---------------------------------------------------------------------------

    async def _add_person(self, state: State, visitor: str, password_hash: str) -> None:
        """A verified account, as `account create` makes it, with a session and a token."""
        name, email = f"Ada {visitor.replace('_', ' ').title()}", f"{visitor}@example.org"
        new = validate(NewAccount, {"email": email, "name": name, "password": PASSWORD})
        is_site_administrator = visitor == "site_administrator"
        async with state.transaction() as tx:
            token = await create_verified_account(
                tx, new, password_hash, site_administrator=is_site_administrator, with_token=True
            )
            account = await find_account_by_email(tx.connection, email)
            assert account is not None
            self.sessions[visitor] = await start_session(tx.connection, account.id, "A browser")
        self.people[visitor] = Person(email, name, PASSWORD, token or "")
        self.ids[visitor] = account.id

    def _make(self, place: Place, by: str = "administrator", access: str = "") -> None:
        purpose = f"A place for {place.words['purpose']}"
        wish = {"name": place.name, "purpose": purpose, "access": access or place.access}
        network = self.do(by, "POST", "/networks", wish)
        place.id, place.slug = network["id"], network["slug"]

    def _fill(self, place: Place) -> None:
        self._make(place)
        joining = [*INSIDE[:-1], "spare", "suspended", "left", "removed", "banned"]
        joining.append("elsewhere" if place.access == "open" else "insider")
        asking = {"closed": ASKING, "unlisted": ASKING}.get(place.access, ())
        if place.access != "open":
            self.invite(place, *(visitor for visitor in joining if visitor not in asking), "invited", "a@example.net")
        for visitor in joining:
            self.join(place, visitor)
            if visitor in asking:
                self.change_member(place, visitor, status="active")
        self.change_member(place, "moderator", role="moderator")
        self.write(place)
        place.case, place.act = self.report(place), self.warn(place)
        # It waits on the home pages of people who are gone before they read it.
        calling = {"body": f"Then {place.words['content']} @Ada Left, @Ada Removed", "reply_to": place.posts[2]}
        self.do("moderator", "POST", f"/threads/{place.threads[0]}/posts", calling)
        if asking:
            self.join(place, "requested", place.words["asked"])
            self.join(place, "refused")
            self.change_member(place, "refused", status="refused", reason=place.reason("refused"))
        self.do("administrator", "PATCH", f"/networks/{place.slug}/announcements", {"weekly": 7})
        told = {"title": f"To all {place.words['title']}", "body": f"Note {place.words['content']}"}
        place.announcement = self.do("administrator", "POST", f"/networks/{place.slug}/announcements", told)["id"]
        place.held = self.hold(place)
        place.folder = self.make_folder(place)
        place.document = self.share(place, folder=place.folder)
        place.picture = self.attach(place)
        place.card = self.make_card(place, source=("post", place.posts[0]))
        place.use = self.use(place, place.card)
        self.do("left", "DELETE", f"/networks/{place.slug}/members/me")
        for visitor in ("removed", "banned"):
            self.change_member(place, visitor, status=visitor, reason=place.reason(visitor))
        waiting = self.do("administrator", "GET", f"/networks/{place.slug}/members?status=invited")["items"]
        place.invitation = next((row["id"] for row in waiting if row["address"][:2] == "a@"), "")

    def _fill_others(self) -> None:
        self._make(self.elsewhere, by="elsewhere")
        for place, former in ((self.turned, "open"), (self.opened, "closed")):
            self._make(place, access=former)
            thread, post = self.begin_thread(place, by="administrator")
            place.threads.append(thread)
            place.posts.append(post)
            place.folder = self.make_folder(place, by="administrator")
            place.document = self.share(place, by="administrator")
            place.picture = self.attach(place, by="administrator")
            place.card = self.make_card(place, by="administrator", source=("thread", thread))
            change = {"access": place.access, "confirm": place.name}
            place.former_slug = place.slug
            place.slug = self.do("administrator", "PATCH", f"/networks/{place.slug}", change)["slug"]


async def all_told(state: State) -> None:
    """Until the worker has told people of everything, and prepared it: the rest would differ from copy to copy.

    And until everything can be found.
    """
    behind = (
        select(func.count())
        .select_from(networks.join(streams, streams.c.name == networks.c.stream))
        .outerjoin(followed_streams, followed_streams.c.stream == streams.c.name)
        .where(streams.c.head > func.coalesce(followed_streams.c.seq, 0))
    )
    preparing = select(func.count()).where(version_previews.c.state.in_(["waiting", "working"]))
    async with asyncio.timeout(120):
        while True:
            async with state.database.read() as connection:
                if not await connection.scalar(behind) and not await connection.scalar(preparing):
                    break
            await asyncio.sleep(0.1)
        while await follow_networks(state, set()) or await is_behind(state) or await read_over(state, set()):
            await follow_texts(state, set())


def settings_of(server: ConferServer) -> Settings:
    """The server's own settings, for doing in its database what has no address."""
    environment = server.environment
    return Settings(
        database_url=environment["DATABASE_URL"],
        redis_url=environment["REDIS_URL"],
        data_dir=server.data_dir,
        secret_key=environment["SECRET_KEY"],
    )
