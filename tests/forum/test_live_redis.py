"""What goes through Redis while everything there is happens: numbers, ids and counters; never a name, never a word."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forum.happenings import HAPPENINGS
from tests.forum.scenery import Scenery, set_scene
from tests.forum.threads.village import open_village
from tests.realtime.reader import Reader
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer
from tests.servers.shapes import POSTGRES_REDIS

ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
WAKEUP = re.compile(rf"(network|moderators|account):{ID} [0-9]+|outbox 0")  # the last one wakes those who work
COUNTER = re.compile(r"confer:limits[A-Za-z0-9:/_.\-]*")
QUIET = {"PING", "SUBSCRIBE", "PSUBSCRIBE", "HELLO", "CLIENT", "SELECT", "SCRIPT", "MONITOR", "INFO", "COMMAND"}


class Listener:
    """Every command that a Redis is given, word by word, by its own MONITOR."""

    def __init__(self, redis: RedisServer) -> None:
        self.commands: list[list[str]] = []
        self._socket = socket.create_connection(("127.0.0.1", redis.port))
        self._socket.sendall(b"MONITOR\r\n")
        self._lines = self._socket.makefile("rb")
        assert self._lines.readline() == b"+OK\r\n"
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        for line in self._lines:
            words = re.findall(rb'"((?:[^"\\]|\\.)*)"', line)
            self.commands.append([word.decode("latin-1").encode().decode("unicode_escape") for word in words])

    def stop(self) -> None:
        """Hear no more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._lines.close()
        self._socket.close()


@pytest.fixture
def limited(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[ConferServer]:
    """A server that counts requests, with a Redis of its own."""
    with confer_in_shape(POSTGRES_REDIS, tmp_path, postgres_server, RATE_LIMITS="on") as running:
        yield running


def problems(command: list[str]) -> list[str]:
    """What of one command the contract does not name."""
    verb, *words = command
    match [verb.upper(), *words]:
        case ["PUBLISH", "confer:wake", lines]:
            return [line for line in lines.split("\n") if not WAKEUP.fullmatch(line)]
        case ["PUBLISH", "confer:note", note]:
            return _in_note(note)
        case ["SET", "confer:heads", text]:
            kept = json.loads(text)
            return [] if set(kept) == {"epoch", "begun", "events"} else [text]
        case ["GET", "confer:heads"]:
            return []
        case ["EVALSHA" | "EVAL" | "INCRBY" | "INCR" | "EXPIRE" | "TTL" | "GET" | "DEL" | "SCRIPT", *arguments]:
            keys = [word for word in arguments if not re.fullmatch(r"-?[0-9]+|[0-9a-f]{40}|LOAD|NX", word)]
            return [key for key in keys if not COUNTER.fullmatch(key) and "redis.call" not in key]
    return [] if verb.upper() in QUIET or verb.lower() in ("incrby", "expire", "ttl") else [" ".join(command)]


def _in_note(note: str) -> list[str]:
    topic, text = json.loads(note)
    said = json.loads(text)
    ids = [said.pop("g"), *said.pop("a"), *said.pop("t"), topic.removeprefix("presence:")]
    rest = {name: value for name, value in said.items() if not isinstance(value, bool | int)}
    return [each for each in ids if not re.fullmatch(ID, each)] + list(rest) + sorted(set(said) - {"n", "q"})


async def test_only_what_the_contract_names_goes_through_redis(limited: ConferServer) -> None:
    assert limited.redis is not None
    village = open_village(limited)
    listener = Listener(limited.redis)
    try:
        scenery = await set_scene(village)
        await _be_busy(scenery)
    finally:
        listener.stop()
        await village.close()
    assert [problem for command in listener.commands if command for problem in problems(command)] == []
    verbs = {tuple(command[:2]) for command in listener.commands if command[0].upper() == "PUBLISH"}
    assert verbs == {("PUBLISH", "confer:wake"), ("PUBLISH", "confer:note")}
    everything = "\n".join(" ".join(command) for command in listener.commands)
    assert "confer:limits" in everything, "requests are counted there"
    words = ["Amara", "Okafor", "Priya", "pump", "registrar", "rota", "clinic", "Wound", "127.0.0.1", "@"]
    words += [person.session for person in (scenery.amara, scenery.priya)] + [scenery.priya.token]
    assert [word for word in words if word in everything.replace(f"127.0.0.1:{limited.redis.port}", "")] == []


async def _be_busy(scenery: Scenery) -> None:
    """Two members read and write in a thread while everything happens that can; one more fails to sign in."""
    url = f"{scenery.village.url.replace('http', 'ws')}/live"
    readers = [await Reader.open(url, token=each.token, origin=None) for each in (scenery.priya, scenery.gareth)]
    for reader in readers:
        await reader.frame("welcome")
        await reader.say(type="view", thread=scenery.thread)
    await scenery.browser(scenery.maeve).post(
        "/sign-in", data={"email": "amara@example.org", "password": "wrong words"}
    )
    for happenings in HAPPENINGS.values():
        for happening in happenings:
            await happening(scenery)
            await readers[0].say(type="typing", thread=scenery.thread)
    await readers[0].until(lambda: any(frame.get("typing") for frame in readers[0].frames))
    for reader in readers:
        await reader.close()
