"""A network with everybody whom moderation needs, and short words for what they ask."""

from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlalchemy import select, update

from auth.tables import accounts
from forum.records import Access
from forum.tables import audit_rows
from tests.forum.threads.village import Place, Village, Villager


@dataclass(slots=True)
class Hall:
    """Amara administers, Priya moderates; Gareth wrote what Maeve reports; Olu stands outside."""

    village: Village
    amara: Villager
    priya: Villager
    gareth: Villager
    maeve: Villager
    olu: Villager
    place: Place
    thread: str
    post: str
    _programs: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def ask(self, who: Villager | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """What the API answers."""
        token = who.token if who else ""
        if token not in self._programs:
            self._programs[token] = self.village.program(who)
        kwargs: dict[str, Any] = {"headers": headers} if headers else {}
        return await self._programs[token].request(method, f"/api/v1{path}", json=body, **kwargs)

    async def do(self, who: Villager | None, method: str, path: str, body: Any = None) -> Any:
        """The same, where it must be done; what it answers."""
        answer = await self.ask(who, method, path, body)
        assert answer.status_code < 300, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def report(self, who: Villager | None, post: str = "", rule: str = "abuse", words: str = "") -> Any:
        """A report of the post."""
        return await self.do(who, "POST", f"/posts/{post or self.post}/reports", {"rule": rule, "words": words})

    async def hide(self, who: Villager, post: str = "", rule: str = "abuse", reason: str = "Be kind.") -> str:
        """The post hidden; the act's id."""
        body = {"rule": rule, "reason": reason}
        return str((await self.do(who, "POST", f"/posts/{post or self.post}/hiding", body))["id"])

    async def cases(self, who: Villager, show: str = "waiting") -> list[Any]:
        """The queue as this moderator sees it."""
        found = await self.do(who, "GET", f"/networks/{self.place.slug}/reports?show={show}")
        return list(found["items"])

    async def read(self, who: Villager | None, post: str = "") -> Any:
        """The post as it is read."""
        return await self.do(who, "GET", f"/posts/{post or self.post}")

    async def stored(self, statement: Any) -> list[Any]:
        """Rows of the database itself."""
        async with self.village.state.database.read() as connection:
            return list((await connection.execute(statement)).all())

    async def overseer(self) -> Villager:
        """A new administrator of the site."""
        person = await self.village.person()
        async with self.village.state.database.write() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == person.id).values(site_administrator=True))
        return person


async def open_hall(village: Village, access: Access = "closed") -> Hall:
    """A new one."""
    names = ("Amara Okafor", "Priya Shah", "Gareth Williams", "Maeve Brennan", "Olu Adeyemi")
    amara, priya, gareth, maeve, olu = await village.people(*names)
    place = await village.network(amara, [gareth, maeve], access=access)
    await village.join(place.id, priya, "moderator")
    thread = await village.thread(maeve, place, "Night rota", "Who covers the night?")
    post = await village.reply(gareth, place, thread, "Only fools would ask such a question here.")
    return Hall(village, amara, priya, gareth, maeve, olu, place, thread, post)


def column(table: Any, *names: str) -> Any:
    """These columns of a table."""
    return select(*(table.c[name] for name in names))


def logged_about(object_id: str) -> Any:
    """The acts of the audit log about this, in the order of their chain."""
    return column(audit_rows, "act").where(audit_rows.c.object_id == object_id).order_by(audit_rows.c.number)
