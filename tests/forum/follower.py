"""A program that reads lists of the API once, and then only applies events, by the rules of the contract alone."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.forum.scenery import Scenery
from tests.forum.threads.village import Villager
from tests.realtime.reader import Frame, Reader

Object = dict[str, Any]


@dataclass(slots=True)
class Lists:
    """What a program holds of one person's networks, by id; threads, posts and members of the scenery's network."""

    networks: dict[str, Object] = field(default_factory=dict)
    threads: dict[str, Object] = field(default_factory=dict)
    posts: dict[str, dict[int, Object]] = field(default_factory=dict)
    members: dict[str, Object] = field(default_factory=dict)
    documents: dict[str, Object] = field(default_factory=dict)
    folders: dict[str, Object] = field(default_factory=dict)
    cards: dict[str, Object] = field(default_factory=dict)
    waiting: int | None = None
    """How many ask to join, for moderators."""
    reported: int | None = None
    """How many reports wait, for moderators."""
    held: int | None = None
    """How many posts wait, for moderators."""
    addressed: int = 0
    """Unread posts that mention or answer the person."""
    told: list[Object] = field(default_factory=list)
    """The person's notifications, newest first."""
    waiting_lines: int = 0
    """How many of them the bell counts."""
    as_of: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The lowest position of each stream among the answers that these lists were read from."""

    def content(self) -> Object:
        """All but the positions, to be compared."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "as_of"}


async def read_lists(scenery: Scenery, person: Villager) -> Lists:
    """The lists as the API gives them now."""
    lists = Lists()

    async def read(path: str) -> list[Object]:
        answer = await scenery.call(person, "GET", path)
        for stream, (epoch, seq) in answer["as_of"].items():
            lists.as_of[stream] = min(lists.as_of.get(stream, (epoch, seq)), (epoch, seq))
        return list(answer["items"])

    # The count on the bell stands on pages only; it is read before the positions.
    page = (await scenery.browser(person).get("/about/privacy")).text
    found = re.search(r'data-addressed="(\d+)"', page)
    assert found
    lists.addressed = int(found[1])
    counted = re.search(r'data-lines="(\d+)"', page)
    assert counted
    lists.waiting_lines = int(counted[1])
    lists.told = await read("/me/notifications?limit=100")
    lists.networks = {each["id"]: each for each in await read("/networks?mine=true&limit=100")}
    lists.threads = {each["id"]: each for each in await read(f"{scenery.network}/threads?limit=100")}
    for thread in lists.threads:
        posts = await read(f"/threads/{thread}/posts?limit=100")
        lists.posts[thread] = {each["number"]: each for each in posts}
    members = await read(f"{scenery.network}/members?limit=100")
    lists.members = {each["account"]["id"]: _heard(each) for each in members}
    lists.documents = {each["id"]: each for each in await read(f"{scenery.network}/documents?limit=100")}
    lists.folders = {each["id"]: each for each in await read(f"{scenery.network}/folders")}
    cards = await read(f"{scenery.network}/cards?limit=100")
    lists.cards = {each["id"]: {**each, "my": await _users(scenery, person, each["id"])} for each in cards}
    if lists.networks[scenery.place.id]["my"]["role"] != "member":
        lists.held = len(await read(f"{scenery.network}/held?limit=100"))
        lists.waiting = len(await read(f"{scenery.network}/members?status=requested&limit=100"))
        lists.reported = (await scenery.call(person, "GET", f"{scenery.network}/reports"))["waiting_count"]
    return lists


async def _users(scenery: Scenery, person: Villager, card: str) -> Object:
    """Who says that they use a card, in place of what else no event tells."""
    return {"uses": (await scenery.call(person, "GET", f"/cards/{card}/uses"))["items"]}


def _heard(member: Object) -> Object:
    """Without what only moderators are shown, which no event tells."""
    return member | {"words": None, "reason": None}


class Follower:
    """One person's lists, kept up by a socket from the positions at which they were read."""

    def __init__(self, scenery: Scenery, person: Villager, lists: Lists, reader: Reader) -> None:
        self._scenery = scenery
        self._person = person
        self.lists = lists
        self.reader = reader
        self.kinds: set[str] = set()
        self._done: dict[str, int] = {}
        self._counted: dict[str, int] = {}
        """Up to which number of each thread the server has counted what is unread: streams have no common order."""

    @classmethod
    async def start(cls, scenery: Scenery, person: Villager) -> "Follower":
        """Read the lists, then go on from there by the socket."""
        lists = await read_lists(scenery, person)
        url = f"{scenery.village.url.replace('http', 'ws')}/live"
        resume = {stream: list(position) for stream, position in lists.as_of.items()}
        reader = await Reader.open(url, token=person.token, origin=None, resume=resume)
        return cls(scenery, person, lists, reader)

    async def read(self) -> Lists:
        """The lists as they stand now."""
        return await read_lists(self._scenery, self._person)

    async def catch_up(self, to: Lists) -> None:
        """Apply everything up to the positions of these lists."""
        for stream, (_, seq) in to.as_of.items():
            await self.reader.until(lambda at=(stream, seq): at[0] in self.reader.places and self._reached(*at))
        for stream, place in list(self.reader.places.items()):
            new = place.applied[self._done.get(stream, 0) :]
            self._done[stream] = len(place.applied)
            for event in new:
                self.kinds.add(event["kind"])
                noun = event["kind"].split(".")[0]
                if noun == "card":
                    await self._card(event)
                elif noun in ("document", "version", "folder"):
                    await self._library(event)
                else:
                    await self._apply(stream, event)

    def _reached(self, stream: str, seq: int) -> bool:
        return self.reader.places[stream].last >= seq

    async def _apply(self, stream: str, event: Frame) -> None:
        about: Object | None = event["object"]
        if about is None:
            return
        is_elsewhere = about.get("network_id") not in (self._scenery.place.id, None)
        match event["kind"].split("."):
            case ["thread" | "post" | "read" | "requests" | "reports" | "held", _] if is_elsewhere:
                pass  # of another network only the line in the list of networks is held
            case ["thread", "moved"]:
                self.lists.threads.pop(about["id"], None)
                self.lists.posts.pop(about["id"], None)
            case ["held", "changed"]:
                self.lists.held = about["held_count"]
            case ["thread", _]:
                self._thread(about)
            case ["post", _]:
                self._post(about)
            case ["member", what]:
                self._member(about, what)
            case ["network", "changed"]:
                self._network(about["id"], about)
            case ["requests", "changed"]:
                self.lists.waiting = about["waiting_count"]
            case ["reports", "changed"]:
                self.lists.reported = (await read_lists(self._scenery, self._person)).reported
            case ["membership", "changed"]:
                await self._membership(about)
            case ["needs", "changed"]:
                self.lists.addressed = about["addressed"]
            case ["read", "changed"]:
                self._read(about)
            case ["notification", "created"]:
                self.lists.waiting_lines = about.pop("waiting")
                others = [each for each in self.lists.told if each["id"] != about["id"]]
                self.lists.told = sorted(
                    [about, *others], key=lambda each: (each["created_at"], each["id"]), reverse=True
                )
            case ["notifications", "changed"]:
                self.lists.waiting_lines = about["waiting"]
                self.lists.told = (await read_lists(self._scenery, self._person)).told

    def _thread(self, about: Object) -> None:
        first = about.pop("first_post", None)
        about.pop("position", None)
        known = self.lists.threads.get(about["id"])
        if first is not None and known is None:
            about["unread"] = int(about["author"]["id"] != self._person.id)
            self.lists.posts[about["id"]] = {1: first}
        if known is None or about["version"] > known["version"]:
            self.lists.threads[about["id"]] = (known or {}) | about
        self._rename("thread", "title", about)

    def _post(self, about: Object) -> None:
        thread = about.pop("thread")
        del about["position"]
        posts = self.lists.posts[thread["id"]]
        known = posts.get(about["number"])
        self._thread(thread)
        is_new = known is None and about["number"] > self._counted.get(thread["id"], 0)
        if is_new and about["author"]["id"] != self._person.id:
            self.lists.threads[thread["id"]]["unread"] += 1
        if known is None or about["version"] > known["version"]:
            posts[about["number"]] = about

    async def _library(self, event: Frame) -> None:
        """What lies in a folder that changed is read anew; of what is gone for others, whoever moderates asks anew."""
        about: Object | None = event["object"]
        if about is None or about.get("network_id") not in (self._scenery.place.id, None):
            return
        noun, what = event["kind"].split(".")
        role = self.lists.networks[self._scenery.place.id]["my"]["role"]
        if noun == "folder" or (what == "gone" and role != "member"):
            fresh = await read_lists(self._scenery, self._person)
            self.lists.documents, self.lists.folders = fresh.documents, fresh.folders
        elif what == "gone" or about["state"] == "withdrawn":
            self.lists.documents.pop(about["id"], None)
        elif about["version"] >= self.lists.documents.get(about["id"], about)["version"]:
            self.lists.documents[about["id"]] = about

    async def _card(self, event: Frame) -> None:
        """Who uses one is asked anew; and of one that is gone for others, whoever moderates asks anew."""
        about: Object | None = event["object"]
        if about is None or about.get("network_id") not in (self._scenery.place.id, None):
            return
        role = self.lists.networks[self._scenery.place.id]["my"]["role"]
        known = self.lists.cards.get(about["id"])
        if event["kind"] == "card.gone" and role != "member":
            self.lists.cards = (await read_lists(self._scenery, self._person)).cards
        elif event["kind"] == "card.gone":
            self.lists.cards.pop(about["id"], None)
        elif event["kind"] == "card.used":
            if known is not None:
                known["my"] = await _users(self._scenery, self._person, about["id"])
        elif known is None or about["version"] > known["version"]:
            my = known["my"] if known else await _users(self._scenery, self._person, about["id"])
            self.lists.cards[about["id"]] = {**about, "my": my}

    def _member(self, about: Object, what: str) -> None:
        network = about["network_id"]
        self._network(network, {name: about.pop(name) for name in ("member_count", "size")})
        if network != self._scenery.place.id:
            return
        if what == "left":
            self.lists.members.pop(about["account"]["id"], None)
        else:
            self.lists.members[about["account"]["id"]] = about

    def _network(self, network: str, change: Object) -> None:
        if network in self.lists.networks:
            self.lists.networks[network] |= change
        self._rename("network", "name", {"id": network, **change})

    def _rename(self, part: str, word: str, about: Object) -> None:
        """What lines tell is called as it is now."""
        for line in self.lists.told:
            known = line[part]
            if known and known["id"] == about["id"] and word in about:
                line["text"] = line["text"].replace(known[word], about[word])
                known[word] = about[word]

    async def _membership(self, about: Object) -> None:
        network = about["network"]["id"]
        if about["status"] != "active":
            self.lists.networks.pop(network, None)
            return
        if network not in self.lists.networks:
            # A stream that begins tells nothing of what was before: it is read.
            self.lists.networks = (await read_lists(self._scenery, self._person)).networks
        self.lists.networks[network]["my"] = {"role": about["role"], "status": about["status"]}
        if network == self._scenery.place.id:
            is_told = about["role"] != "member"
            self.lists.waiting = (self.lists.waiting or 0) if is_told else None
            self.lists.reported = (await read_lists(self._scenery, self._person)).reported
            self.lists.held = (self.lists.held or 0) if is_told else None
            fresh = await read_lists(self._scenery, self._person)  # what only moderators see
            self.lists.documents, self.lists.folders = fresh.documents, fresh.folders
            self.lists.cards = fresh.cards

    def _read(self, about: Object) -> None:
        if about["thread_id"] is not None:
            self.lists.threads[about["thread_id"]]["unread"] = about["thread_unread"]
            self._counted[about["thread_id"]] = about["post_count"]
        elif not about["unread"]:
            for thread in self.lists.threads.values():
                thread["unread"] = 0
