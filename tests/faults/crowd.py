"""The load: people who post, edit, remove, come and go, and try again with the same key until they are answered."""

import asyncio
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.faults.asking import Asker
from tests.faults.readers import Reader
from tests.faults.recorder import Call, Known, Log, Note, Stall
from tests.faults.tries import Act, Tries
from tests.faults.waiting import until
from tests.faults.world import Place, World

ACTS: Mapping[str, int] = {
    "reply": 60,
    "thread": 4,
    "edit": 12,
    "withdraw": 4,
    "remove": 3,
    "come": 5,
    "go": 4,
    "expel": 3,
    "read": 3,
    "probe": 3,
}
"""What people do, and how often."""
BANNED = 0.2
"""So many of those who are removed are banned, and do not come back."""
PULSE_SECONDS, STALL_SECONDS = 0.05, 0.2
MOST_AT_ONCE = 30
"""Nobody begins anything while so many wait for an answer: a slow machine gets less to do, and no longer queue."""
TWICE = 0.15
"""So many replies are sent twice at the same moment, with the same key."""


@dataclass(slots=True)
class Person:
    """Somebody, as far as they know themselves."""

    who: str
    asker: Asker
    reader: Reader
    networks: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)
    """Networks that they do not try to join: banned from, or not known how they stand there."""
    own: list[tuple[str, str]] = field(default_factory=list)
    """Posts that they wrote and have not removed, each with its network."""
    is_busy: bool = False


class Crowd:
    """All people of a world, on the servers at `ports`, which may come and go."""

    def __init__(
        self, world: World, log: Log, ports: Sequence[int], acts: Mapping[str, int] = ACTS, pace: float = 1.0
    ) -> None:
        """`pace`: how long readers wait before they connect again, as a part of what the contract says."""
        self.world = world
        self.log = log
        self.tries = Tries(log, ports)
        self.people: dict[str, Person] = {}
        self.threads = {place.id: list(place.threads) for place in world.places.values()}
        self.quiet = next(reversed(world.places))
        """A network in which one thing is said at the beginning of each load, and nothing more."""
        self.is_over = False
        """Set: nothing more is begun."""
        self.detours: dict[int, int] = {}
        """The port of a proxy for the port of a server, on the way of requests."""
        self.live_detours: dict[int, int] = {}
        """The same on the way of sockets."""
        self._pulse: asyncio.Task[None] | None = None
        self._ports = ports
        self._acts = acts
        self._pace = pace
        self._posts: dict[str, list[str]] = defaultdict(list)
        self._running: set[asyncio.Task[None]] = set()
        for who in world.tokens:
            self._add(who)

    def _add(self, who: str) -> None:
        mine = {network for network, member in self.world.members if member == who}
        known = {network: dict.fromkeys(self.world.places[network].posts, 1) for network in mine}
        asker = Asker(self.world.tokens[who], self.detours)

        async def load(network: str) -> tuple[int, Known] | None:
            return await self.tries.load_network(asker, who, self.world.places[network])

        def ports() -> list[int]:
            return random.sample(list(self._ports), len(self._ports))

        reader = Reader(self.log, who, self.world.tokens[who], ports, load, known, self._pace, self.live_detours)
        reader.view = next((self.world.places[network].threads[0] for network in sorted(mine)), None)
        self.people[who] = Person(who, asker, reader, mine)

    async def connect(self, seconds: float = 60.0) -> None:
        """Open everybody's socket and wait until all are welcomed."""
        self._pulse = asyncio.create_task(self._feel_pulse())
        for person in self.people.values():
            person.reader.start()
        if not await until(lambda: all(person.reader.is_live for person in self.people.values()), seconds):
            raise TimeoutError("not everybody was welcomed")

    async def _feel_pulse(self) -> None:
        """Note when this very process stood still, which says nothing of the servers."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(PULSE_SECONDS)
            now = time.monotonic()
            if now - before > PULSE_SECONDS + STALL_SECONDS:
                self.log.stalls.append(Stall(before + PULSE_SECONDS, now))

    async def go_home(self) -> None:
        """Close everything; where each reader stood is in the log."""
        if self._pulse is not None:
            self._pulse.cancel()
        for person in self.people.values():
            await person.reader.stop()
            await person.asker.close()

    async def act(self, a_second: float, seconds: float) -> None:
        """So many acts a second for so long; returns when all of them are answered, or given up."""
        self.log.notes.append(Note(time.monotonic(), f"load: {a_second:g} acts a second for {seconds:g} s"))
        quiet = self.world.places[self.quiet]
        self._begin(self.people[quiet.administrator], self._reply(self.people[quiet.administrator], quiet))
        end = time.monotonic() + seconds
        due = time.monotonic()
        while (now := time.monotonic()) < end and not self.is_over:
            if now >= due:
                due = max(due + 1 / a_second, now - 0.5)
                if len(self._running) < MOST_AT_ONCE:
                    self._begin_some()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await self.settle()

    async def settle(self) -> None:
        """Wait until nobody waits for an answer."""
        while self._running:
            await asyncio.wait(self._running)

    def _begin_some(self) -> None:
        idle = [person for person in self.people.values() if not person.is_busy]
        if not idle:
            return
        person = random.choice(idle)
        name = random.choices(list(self._acts), list(self._acts.values()))[0]
        work = getattr(self, f"_{name}")
        places = [self.world.places[each] for each in person.networks if each != self.quiet]
        if places or name in ("come", "probe"):
            place = random.choice(places or list(self.world.places.values()))
            self._begin(person, work(person, place))

    def _begin(self, person: Person, work: Any) -> None:
        async def run() -> None:
            person.is_busy = True
            try:
                await work
            finally:
                person.is_busy = False

        task = asyncio.create_task(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda ended: ended.cancelled() or ended.result())

    # -- Writing -------------------------------------------------------------------------------

    async def post(self, who: str, network: str) -> str | None:
        """One reply of this person in this network, for scenarios; its id, or None where it was refused."""
        return await self._reply(self.people[who], self.world.places[network])

    def _words(self, place: Place, mark: str) -> str:
        return f"What we found on Thursday, and what we make of it {place.canary} {mark}"

    async def _reply(self, person: Person, place: Place) -> str | None:
        thread = random.choice(self.threads[place.id])
        mark = f"mark{secrets.token_hex(8)}"
        act = Act("post", person.who, place.id, "POST", f"/threads/{thread}/posts", {"body": self._words(place, mark)})
        act = act.keyed(thread, mark)
        times = 2 if random.random() < TWICE else 1
        calls = await asyncio.gather(*(self.tries.persist(person.asker, act) for _ in range(times)))
        made = next((call.made for call in calls if call.is_acknowledged), None)
        if made is not None:
            person.own.append((made, place.id))
            self._posts[place.id].append(made)
        return made

    async def _thread(self, person: Person, place: Place) -> None:
        mark = f"mark{secrets.token_hex(8)}"
        body = {"title": f"A new question {place.canary}".strip(), "body": self._words(place, mark)}
        act = Act("thread", person.who, place.id, "POST", f"/networks/{place.slug}/threads", body)
        call = await self.tries.persist(person.asker, act.keyed(place.id, mark))
        if call.is_acknowledged:
            self.threads[place.id].append(call.made)

    async def _edit(self, person: Person, _: Place) -> None:
        mine = [each for each in person.own if each[1] in person.networks]
        if mine:
            post, network = random.choice(mine)
            mark = f"mark{secrets.token_hex(8)}"
            body = {"body": self._words(self.world.places[network], mark)}
            await self.tries.persist(
                person.asker, Act("edit", person.who, network, "PATCH", f"/posts/{post}", body, post, mark)
            )

    async def _withdraw(self, person: Person, _: Place) -> None:
        mine = [each for each in person.own if each[1] in person.networks]
        if mine:
            post, network = random.choice(mine)
            person.own.remove((post, network))
            await self.tries.persist(
                person.asker, Act("remove", person.who, network, "DELETE", f"/posts/{post}", None, post)
            )

    async def _remove(self, _: Person, place: Place) -> None:
        """The administrator removes a post of somebody."""
        if self._posts[place.id]:
            post = self._posts[place.id].pop(random.randrange(len(self._posts[place.id])))
            administrator = self.people[place.administrator]
            act = Act(
                "remove", administrator.who, place.id, "POST", f"/posts/{post}/removal", {"reason": "Not here."}, post
            )
            await self.tries.persist(administrator.asker, act)

    # -- Coming and going ----------------------------------------------------------------------

    async def _come(self, person: Person, _: Place) -> None:
        """Join somewhere; the administrator of a closed network admits them."""
        outside = [each for each in self.world.places if each not in {self.quiet, *person.networks, *person.barred}]
        if outside:
            await self.join(person.who, random.choice(outside))

    async def join(self, who: str, network: str) -> bool:
        """Whether it was acknowledged that they are in."""
        person, place = self.people[who], self.world.places[network]
        act = Act("join", who, network, "PUT", f"/networks/{place.slug}/members/me", {"words": ""}, who)
        call = await self.tries.persist(person.asker, act)
        if call.is_acknowledged and place.is_closed:
            call = await self._decide(place, who, "admit", "active")
        if call.is_acknowledged:
            person.networks.add(network)
        else:
            person.barred.add(network)
        return call.is_acknowledged

    async def _go(self, person: Person, place: Place) -> None:
        if person.who == place.administrator or len(person.networks) < 2:
            return
        person.networks.discard(place.id)
        act = Act("leave", person.who, place.id, "DELETE", f"/networks/{place.slug}/members/me", None, person.who)
        call = await self.tries.persist(person.asker, act)
        if not call.is_acknowledged and call.status != 404:
            person.barred.add(place.id)

    async def _expel(self, person: Person, place: Place) -> None:
        if person.who != place.administrator:
            await self.expel(person.who, place.id, for_ever=random.random() < BANNED)

    async def expel(self, who: str, network: str, *, for_ever: bool = False) -> bool:
        """The administrator removes this member, or bans them; whether it was acknowledged."""
        person, place = self.people[who], self.world.places[network]
        person.networks.discard(network)
        call = await self._decide(place, who, "expel", "banned" if for_ever else "removed")
        if for_ever or not call.is_acknowledged:
            person.barred.add(network)
        return call.is_acknowledged

    async def _decide(self, place: Place, who: str, kind: str, status: str) -> Call:
        path = f"/networks/{place.slug}/members/{who}"
        act = Act(kind, place.administrator, place.id, "PATCH", path, {"status": status}, who)
        return await self.tries.persist(self.people[place.administrator].asker, act)

    # -- Looking -------------------------------------------------------------------------------

    async def _read(self, person: Person, place: Place) -> None:
        thread = random.choice(self.threads[place.id])
        act = Act("read", person.who, place.id, "GET", f"/threads/{thread}/posts?limit=100", None, thread)
        await self.tries.persist(person.asker, act)

    async def _probe(self, person: Person, _: Place) -> None:
        """Ask for what is not theirs to see."""
        outside = [each for each in self.world.places.values() if each.is_closed and each.id not in person.networks]
        if not outside:
            return
        place = random.choice(outside)
        thread = random.choice(self.threads[place.id])
        paths = (
            f"/threads/{thread}",
            f"/threads/{thread}/posts",
            f"/networks/{place.slug}",
            f"/networks/{place.slug}/threads",
            f"/networks/{place.slug}/events?after=0",
            f"/networks/{place.slug}/members",
            "/networks?limit=100",
        )
        act = Act("probe", person.who, place.id, "GET", random.choice(paths), None)
        await self.tries.persist(person.asker, act)
