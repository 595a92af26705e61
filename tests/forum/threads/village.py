"""People and networks for the tests of threads: made directly in the database of a running server."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from auth.accounts import create_account
from auth.sessions import start_session
from auth.tokens import create_token
from forum.app import make_state
from forum.membership import Step, begin, change, lock_current
from forum.networks.commands import create_network
from forum.networks.inputs import NewNetwork
from forum.records import Access, Role
from forum.settings import Settings
from forum.state import State
from forum.threads import commands
from forum.threads.announced_commands import send_reply
from forum.threads.queries import get_thread
from forum.threads.writing import lay_out
from forum.viewer import Viewer, viewer_of_account
from tests.servers.confer import ConferServer


@dataclass(frozen=True, slots=True)
class Villager:
    """Somebody with an account, a signed-in browser and a token."""

    id: str
    name: str
    session: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header for the API."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class Place:
    """A network of the village."""

    id: str
    slug: str
    name: str


@dataclass(slots=True)
class Village:
    """A running server, and a second way into its database for making what a test needs."""

    url: str
    state: State
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    async def person(self, name: str = "") -> Villager:
        """A new verified account."""
        name = name or f"Person {secrets.token_hex(3)}"
        async with self.state.transaction() as tx:
            made = await create_account(tx.connection, f"{secrets.token_hex(8)}@example.org", name, verified=True)
            assert made is not None
            await tx.create_stream(f"account:{made.id}")
            session = await start_session(tx.connection, made.id, "Firefox on Linux")
            token, _ = await create_token(tx.connection, made.id, "test")
        return Villager(made.id, name, session, token)

    async def person_again(self, person: Villager) -> Villager:
        """The same person with another session and another token."""
        async with self.state.transaction() as tx:
            session = await start_session(tx.connection, person.id, "Firefox on Linux")
            token, _ = await create_token(tx.connection, person.id, "another")
        return Villager(person.id, person.name, session, token)

    async def people(self, *names: str) -> list[Villager]:
        """New accounts with these names."""
        return [await self.person(name) for name in names]

    async def viewer(self, person: Villager) -> Viewer:
        """The person as they stand now."""
        viewer = await viewer_of_account(self.state.database, person.id)
        assert viewer is not None
        return viewer

    async def network(
        self, owner: Villager, members: Sequence[Villager] = (), *, access: Access = "closed", name: str = ""
    ) -> Place:
        """A new network with its administrator and members."""
        name = name or f"Network {secrets.token_hex(4)}"
        new = NewNetwork(name=name, purpose="For trying things out.", access=access)
        viewer = await self.viewer(owner)
        async with self.state.transaction() as tx:
            network_id = (await create_network(tx, viewer, new, None, "anyone")).object_id
        for person in members:
            await self.join(network_id, person)
        slug = next(place.slug for key, place in (await self.viewer(owner)).places.items() if key == network_id)
        return Place(network_id, slug, name)

    async def join(self, network_id: str, person: Villager, role: Role = "member") -> None:
        """Make somebody a member, whatever they were before."""
        async with self.state.transaction() as tx:
            await begin(tx, network_id, person.id, Step("active", role))

    async def remove(self, network_id: str, person: Villager) -> None:
        """End somebody's membership."""
        async with self.state.transaction() as tx:
            current = await lock_current(tx, network_id, person.id)
            assert current is not None
            await change(tx, current, Step("removed", current.role))

    async def thread(self, author: Villager, place: Place, title: str = "A thread", body: str = "First words.") -> str:
        """A new thread; its id."""
        viewer = await self.viewer(author)
        written = await lay_out(self.state.database, viewer, place.id, body)
        async with self.state.transaction() as tx:
            return (await commands.start_thread(tx, viewer, place.id, title, written)).object_id

    async def reply(
        self, author: Villager, place: Place, thread_id: str, body: str = "A reply.", reply_to: str | None = None
    ) -> str:
        """A new post; its id."""
        viewer = await self.viewer(author)
        written = await lay_out(self.state.database, viewer, place.id, body)
        async with self.state.database.read() as connection:
            thread = await get_thread(connection, viewer, thread_id)
        return (await send_reply(self.state, viewer, thread, written, reply_to, None)).object_id

    def browser(self, person: Villager | None = None) -> httpx2.AsyncClient:
        """A browser, signed in where a person is given; redirects are not followed."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        cookies = {"confer": person.session} if person else {}
        return self._client(headers, cookies)

    def program(self, person: Villager | None = None) -> httpx2.AsyncClient:
        """A program that speaks to the API."""
        return self._client(person.bearer if person else {}, {})

    def _client(self, headers: dict[str, str], cookies: dict[str, str]) -> httpx2.AsyncClient:
        # Without `verify=False` each would load all certificates, which costs more than what it asks for.
        client = httpx2.AsyncClient(verify=False, base_url=self.url, headers=headers, cookies=cookies, timeout=30)
        self.clients.append(client)
        return client

    async def close(self) -> None:
        """Give back every connection."""
        for client in self.clients:
            await client.aclose()
        await self.state.close()


def open_village(server: ConferServer) -> Village:
    """The village of a running server."""
    wanted = {"DATABASE_URL": "database_url", "SECRET_KEY": "secret_key", "RATE_LIMITS": "rate_limits"}
    values: dict[str, Any] = {field: server.environment[name] for name, field in wanted.items()}
    values |= {"data_dir": server.data_dir, "base_url": server.url, "redis_url": ""}
    return Village(server.url, make_state(Settings(**values)))
