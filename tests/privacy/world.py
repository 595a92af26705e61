"""A small community on a running server: four networks, one of each kind of access, and every kind of visitor.

Each kind of visitor has the same standing in all four networks. Whatever is written in a network carries
that network's own canary, a word that stands nowhere else.
"""

import secrets
import time
from dataclasses import dataclass, field

import httpx2
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import find_account_by_email, suspend_account
from forum.accounts.commands import create_verified_account
from forum.accounts.inputs import NewAccount
from forum.app import make_state
from forum.database import open_database
from forum.forms import validate
from forum.settings import Settings
from forum.state import State
from tests.servers.confer import PASSWORD, ConferServer, Person

ACCESSES = ("open", "closed", "unlisted", "secret")
OUTSIDE = ("signed_out", "outsider", "requested", "refused", "left", "removed", "banned", "suspended", "elsewhere")
"""Visitors who may not read what a closed network holds; `elsewhere` moderates another closed network."""
INSIDE = ("member", "moderator", "administrator")
VISITORS = (*OUTSIDE, "invited", "site_administrator", *INSIDE, "spare")
"""`spare` is a member with whom the others may do what they like."""


@dataclass(slots=True)
class Place:
    """One network of the world, and what is in it."""

    access: str
    canary: str
    id: str = ""
    slug: str = ""
    threads: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)


class World:
    """The community; `clients[visitor]` asks pages as that visitor, `programs[visitor]` asks the API."""

    def __init__(self, server: ConferServer) -> None:
        self.server = server
        self.people: dict[str, Person] = {}
        self.ids: dict[str, str] = {}
        self.places = {access: Place(access, f"canary{secrets.token_hex(6)}") for access in ACCESSES}
        self.clients: dict[str, httpx2.Client] = {}
        self.programs: dict[str, httpx2.Client] = {}

    async def build(self) -> "World":
        """Make everything through the server's own doors."""
        await self._add_people()
        self.programs["signed_out"] = self._client({})
        for place in self.places.values():
            self._make_network(place)
        self._make_elsewhere()
        self.sign_in()
        await self._suspend("suspended")
        return self

    def sign_in(self) -> None:
        """A browser for each visitor."""
        for visitor in VISITORS:
            client = self._client({})
            if visitor != "signed_out":
                person = self.people[visitor]
                answer = client.post(
                    "/sign-in",
                    data={"email": person.email, "password": person.password},
                    headers={"Origin": self.server.url},
                )
                assert answer.status_code == 303, (visitor, answer.status_code, answer.text[:2000])
            self.clients[visitor] = client

    def moved_to(self, server: ConferServer) -> "World":
        """The same world as another server shows it: the same people, ids and sessions."""
        other = World(server)
        other.close()
        other.people, other.ids, other.places = self.people, self.ids, self.places
        for visitor, client in self.clients.items():
            other.clients[visitor] = other._client({})
            for name, value in client.cookies.items():
                other.clients[visitor].cookies.set(name, value)
            headers = dict(self.people[visitor].bearer) if visitor in self.people else {}
            other.programs[visitor] = other._client(headers)
        return other

    def _client(self, headers: dict[str, str]) -> httpx2.Client:
        return httpx2.Client(base_url=self.server.url, headers=headers, follow_redirects=False, timeout=20)

    async def _add_people(self) -> None:
        """Verified accounts, as `account create` makes them, with one hash for all."""
        environment = self.server.environment
        settings = Settings(
            database_url=environment["DATABASE_URL"],
            redis_url=environment["REDIS_URL"],
            data_dir=self.server.data_dir,
            secret_key=environment["SECRET_KEY"],
        )
        state = make_state(settings)
        password_hash = await state.passwords.hash(PASSWORD)
        for visitor in VISITORS:
            if visitor != "signed_out":
                await self._add_person(state, visitor, password_hash)
        await state.rate_limits.close()
        await state.database.dispose()

    async def _add_person(self, state: State, visitor: str, password_hash: str) -> None:
        name, email = f"Ada {visitor.replace('_', ' ').title()}", f"{visitor}@example.org"
        new = validate(NewAccount, {"email": email, "name": name, "password": PASSWORD})
        is_site_administrator = visitor == "site_administrator"
        async with state.transaction() as tx:
            token = await create_verified_account(
                tx, new, password_hash, site_administrator=is_site_administrator, with_token=True
            )
        person = Person(email, name, PASSWORD, token or "")
        self.people[visitor] = person
        self.programs[visitor] = self._client(person.bearer)
        self.ids[visitor] = self.ask(visitor, "GET", "/me")["id"]

    def close(self) -> None:
        """Close every connection."""
        for client in (*self.clients.values(), *self.programs.values()):
            client.close()

    def ask(self, visitor: str, method: str, path: str, json: object = None) -> dict:  # type: ignore[type-arg]
        """One request to the API that must succeed; its answer."""
        answer = self.programs[visitor].request(method, f"/api/v1{path}", json=json)
        assert answer.status_code < 300, (visitor, method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else {}

    def _make_network(self, place: Place) -> None:
        purpose = f"A place for {place.access} things"
        wish = {"name": f"Network {place.access}", "purpose": purpose, "access": place.access}
        network = self.ask("administrator", "POST", "/networks", wish)
        place.id, place.slug = network["id"], network["slug"]
        for visitor in ("member", "moderator", "spare", "left", "removed", "banned"):
            self._join(place, visitor)
        self.change_member(place, "moderator", {"role": "moderator"})
        self.write(place)
        if place.access in ("closed", "unlisted"):
            self.ask("requested", "PUT", f"/networks/{place.slug}/members/me", {"words": place.canary})
            self.ask("refused", "PUT", f"/networks/{place.slug}/members/me", {"words": "please"})
            self.change_member(place, "refused", {"status": "refused", "reason": place.canary})
        if place.access != "open":
            self.invite(place, "invited")
        self.ask("left", "DELETE", f"/networks/{place.slug}/members/me")
        for visitor in ("removed", "banned"):
            self.change_member(place, visitor, {"status": visitor, "reason": place.canary})

    def _join(self, place: Place, visitor: str) -> None:
        if place.access == "secret":
            self.invite(place, visitor)
        self.ask(visitor, "PUT", f"/networks/{place.slug}/members/me", {})
        if place.access in ("closed", "unlisted"):
            self.change_member(place, visitor, {"status": "active"})

    def invite(self, place: Place, visitor: str) -> None:
        """Invite the visitor by address."""
        address = self.people[visitor].email
        self.ask("administrator", "POST", f"/networks/{place.slug}/invitations", {"emails": [address]})

    def change_member(self, place: Place, visitor: str, change: dict[str, str]) -> None:
        """What an administrator does with a member."""
        self.ask("administrator", "PATCH", f"/networks/{place.slug}/members/{self.ids[visitor]}", change)

    def write(self, place: Place, posts: int = 3, people: tuple[str, ...] = ("member", "moderator", "removed")) -> str:
        """A thread with some answers, one edited and one removed, all with the canary; its id."""
        word = place.canary
        thread = self.ask(
            "member", "POST", f"/networks/{place.slug}/threads", {"title": f"About {word}", "body": f"First {word}"}
        )
        place.threads.append(thread["id"])
        for number in range(posts):
            writer = people[number % len(people)]
            post = self.ask(writer, "POST", f"/threads/{thread['id']}/posts", {"body": f"Answer {number} {word}"})
            place.posts.append(post["id"])
        self.ask(people[0], "PATCH", f"/posts/{place.posts[-posts]}", {"body": f"Edited {word}"})
        return str(thread["id"])

    def _make_elsewhere(self) -> None:
        network = self.ask(
            "elsewhere", "POST", "/networks", {"name": "Elsewhere", "purpose": "Another place", "access": "closed"}
        )
        self.ids["elsewhere network"] = network["slug"]

    async def _suspend(self, visitor: str) -> None:
        async def suspend(connection: AsyncConnection) -> None:
            account = await find_account_by_email(connection, self.people[visitor].email)
            assert account is not None
            await suspend_account(connection, account.id)

        database = open_database(database_url(self.server), 2)
        async with database.write() as connection:
            await suspend(connection)
        await database.dispose()


def database_url(server: ConferServer) -> str:
    """The address of the server's database, as `open_database` takes it."""
    environment = server.environment
    settings = Settings(
        database_url=environment["DATABASE_URL"],
        data_dir=server.data_dir,
        secret_key=environment["SECRET_KEY"],
    )
    return settings.database


def settle(seconds: float = 0.3) -> None:
    """Let what goes on beside the answers come to rest."""
    time.sleep(seconds)
