"""The scene on which every kind of event comes about: people who know each other, and what they have written so far."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.forum.threads.village import Place, Village, Villager


@dataclass(slots=True)
class Scenery:
    """Amara administers a closed network of three with two threads; Maeve stands outside. `made` holds ids by name."""

    village: Village
    amara: Villager
    gareth: Villager
    priya: Villager
    maeve: Villager
    place: Place
    thread: str
    other: str
    made: dict[str, str] = field(default_factory=dict)
    _programs: dict[str, httpx2.AsyncClient] = field(default_factory=dict)
    _browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    async def call(self, person: Villager, method: str, path: str, body: Any = None) -> Any:
        """Do something over the API; what it answers."""
        if person.token not in self._programs:
            self._programs[person.token] = self.village.program(person)
        answer = await self._programs[person.token].request(method, f"/api/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def browser(self, person: Villager) -> httpx2.AsyncClient:
        """This person's browser, without scripts."""
        if person.id not in self._browsers:
            self._browsers[person.id] = self.village.browser(person)
        return self._browsers[person.id]

    @property
    def network(self) -> str:
        """The path of the network in the API."""
        return f"/networks/{self.place.slug}"

    async def reply(self, person: Villager, thread: str, body: str, reply_to: str | None = None) -> str:
        """Post over the API; the post's id."""
        fields = {"body": body} | ({"reply_to": reply_to} if reply_to else {})
        return str((await self.call(person, "POST", f"/threads/{thread}/posts", fields))["id"])

    async def ask_and_admit(self, slug: str, person: Villager) -> None:
        """Somebody asks to join, and Amara lets them in."""
        await self.call(person, "PUT", f"/networks/{slug}/members/me", {"words": "I run the clinic."})
        await self.call(self.amara, "PATCH", f"/networks/{slug}/members/{person.id}", {"status": "active"})


async def set_scene(village: Village) -> Scenery:
    """People who know each other, and what they have written so far."""
    amara, gareth, priya, maeve = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah", "Maeve Brennan")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(amara, place, "Who covers the pump line at night?", "Could each hospital say?")
    other = await village.thread(gareth, place, "Another thread", "About the rota.")
    return Scenery(village, amara, gareth, priya, maeve, place, thread, other)
