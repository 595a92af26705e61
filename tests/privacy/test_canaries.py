"""Canaries: what is said in hidden networks stands nowhere else: not in mails, the log, Redis, files or refusals."""

import asyncio
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from tests.privacy.traces import canaries, may_meet, traces
from tests.privacy.world import HIDDEN, World
from tests.realtime.reader import Reader
from tests.servers.confer import ConferServer


class Overheard:
    """Everything that one Redis is told, by MONITOR."""

    def __init__(self, port: int) -> None:
        self.said = bytearray()
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=0.2)
        self._connection.sendall(b"MONITOR\r\n")
        self._ended = threading.Event()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                self.said += self._connection.recv(65536)
            except TimeoutError:
                continue

    def stop(self) -> None:
        """No more is listened to."""
        self._ended.set()
        self._listener.join()
        self._connection.close()


@contextmanager
def overhearing(world: World) -> Iterator[Overheard | None]:
    """What goes through Redis meanwhile; None where there is none."""
    if world.server.redis is None:
        yield None
        return
    overheard = Overheard(world.server.redis.port)
    try:
        yield overheard
        time.sleep(0.3)  # what follows an answer is said by then
    finally:
        overheard.stop()


def wait_for_mails(server: ConferServer, at_least: int) -> None:
    """Until so many mails are written, and no more come."""
    deadline = time.monotonic() + 30
    count = -1
    while time.monotonic() < deadline and (len(server.mails()) < at_least or len(server.mails()) != count):
        count = len(server.mails())
        time.sleep(0.4)
    assert len(server.mails()) >= at_least


def live(world: World) -> None:
    """What people do in hidden networks, and what others try."""
    for access in HIDDEN:
        place = world.places[access]
        thread = world.write(place, ("member", "moderator", "administrator", "moderator"))
        path = f"/threads/{thread}"
        world.do("member", "PATCH", path, {"title": f"Now {place.words['title']}"})
        page = world.browsers["member"]
        long = f"{place.words['content']} " * 4000
        assert page.ask("POST", f"{path}/posts", form={"body": long}).status == 422
        assert page.ask("POST", "/preview", form={"body": place.words["content"], "network": place.id}).status == 200
        for visitor in ("outsider", "removed", "signed_out"):
            answer = world.browsers[visitor].ask("POST", f"{path}/posts", form={"body": "Words"})
            assert answer.status in (401, 404)
            met = {kind for word, kind in canaries(world).items() if word.encode() in answer.body}
            assert not [kind for kind in met if not may_meet(visitor, *kind, path)]
        world.change_member(place, "spare", status="removed", reason=place.reason("spare"))
        world.invite(place, "somebody.new@example.org", "spare")


async def look(world: World) -> None:
    """Presence and typing go through Redis too."""
    place = world.places["secret"]
    url = f"{world.server.url.replace('http', 'ws')}/live"
    reader = await Reader.open(url, token=world.people["fellow"].token, origin=world.server.url)
    await reader.say(type="view", thread=place.threads[0])
    await reader.say(type="typing", thread=place.threads[0])
    await reader.frame("presence", thread=place.threads[0])
    await reader.close()


@pytest.mark.timeout(600)
async def test_nothing_that_is_said_inside_is_left_outside(own_world: World) -> None:
    world = own_world
    mails = len(world.server.mails())
    with overhearing(world) as overheard:
        await asyncio.to_thread(live, world)
        await look(world)
        wait_for_mails(world.server, mails + 2 * len(HIDDEN))  # the invitations; a removal may be overtaken by one
    assert traces(world) == []
    if overheard is not None:
        assert b"network:" in overheard.said, "nothing was overheard"
        said = overheard.said.decode(errors="replace")
        assert [place for word, place in canaries(world).items() if word in said] == []
        assert [person.name for person in world.people.values() if person.name in said] == []
        assert [person.email for person in world.people.values() if person.email in said] == []


def test_the_search_for_canaries_finds_them(own_world: World) -> None:
    """A log, a file, a mail to the wrong person: each would be found."""
    world = own_world
    word = world.places["secret"].words["content"]
    name = world.places["secret"].words["name"]
    letter = "To: Ada Outsider <outsider@example.org>\nSubject: News\n\nFrom {}\n"
    with world.server.log.open("a") as log:
        log.write(f"{word}\n")
    made = [world.server.data_dir / "left-behind", world.server.data_dir / "mail" / "wrong.eml"]
    made[0].write_text(word)
    made[1].write_text(letter.format(name))
    try:
        assert len(traces(world)) == 3
    finally:
        world.server.log.write_text(world.server.said().replace(word, ""))
        for path in made:
            path.unlink()


async def refuse_words(world: World, word: str) -> None:
    """Let the database itself refuse whatever holds this word, as a fault would."""
    url = world.server.environment["DATABASE_URL"]
    if url.startswith("postgresql"):
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        for table, column in (("posts", "body"), ("threads", "title")):
            rule = f"CHECK ({column} NOT LIKE '%{word}%') NOT VALID"
            await connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_fault {rule}")
        await connection.close()
        return
    with sqlite3.connect(world.server.data_dir / "confer.sqlite3", timeout=10) as database:
        for event, table, column in (("INSERT", "posts", "body"), ("UPDATE", "threads", "title")):
            database.execute(
                f"CREATE TRIGGER {table}_fault BEFORE {event} ON {table} WHEN NEW.{column} LIKE '%{word}%' "
                "BEGIN SELECT RAISE(ABORT, 'a fault'); END"
            )
    database.close()


async def test_what_a_failing_database_says_stays_out_of_the_log(own_world: World) -> None:
    """Its complaints hold the words that it was given."""
    place = own_world.places["secret"]
    thread, word = place.threads[0], "fault" + place.words["content"]
    await refuse_words(own_world, word)
    member = own_world.programs["member"]
    sent = [("POST", f"/threads/{thread}/posts", {"body": word}), ("PATCH", f"/threads/{thread}", {"title": word})]
    for method, path, json in sent:
        answer = await asyncio.to_thread(member.ask, method, f"/api/v1{path}", json=json)
        assert answer.status >= 500
        assert word.encode() not in answer.body
    assert re.search("database|fault", own_world.server.said()), "the fault was not logged at all"
    assert word not in own_world.server.said()


def test_the_world_itself_left_no_traces(world: World) -> None:
    """Nor did making it, with all its people who came and went."""
    assert traces(world) == []
    assert isinstance(world.server.data_dir, Path)
    assert len(world.server.mails()) > 20
