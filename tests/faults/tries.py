"""One act over HTTP, tried until it is answered: the same key each time, every try in the log."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.faults.asking import Answer, Asker, NoAnswer
from tests.faults.recorder import Call, Known, Log, canaries_in
from tests.faults.world import Place

ANSWER_SECONDS = 10.0
PATIENCE_SECONDS = 60.0
_SAME: dict[str, tuple[str, ...]] = {
    "post": ("id", "number", "thread_id", "network_id", "created_at"),
    "thread": ("id", "number", "network_id", "created_at"),
}
"""What each try of the same request must be told alike."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants done."""

    kind: str
    who: str
    network: str
    method: str
    path: str
    value: dict[str, Any] | None
    target: str = ""
    mark: str = ""
    key: str = ""

    def keyed(self, target: str, mark: str) -> "Act":
        """The same as a creating request with a key."""
        return replace(self, target=target, mark=mark, key=secrets.token_urlsafe(16))


class Tries:
    """Asks the servers at `ports`, whichever answers, and writes down every call."""

    def __init__(self, log: Log, ports: Sequence[int]) -> None:
        self.answer_seconds = ANSWER_SECONDS
        """How long a try waits for its answer."""
        self.patience_seconds = PATIENCE_SECONDS
        """How long an act is tried again where no answer comes."""
        self._log = log
        self._ports = ports

    async def persist(self, asker: Asker, act: Act) -> Call:
        """Try until there is an answer other than "not now"; the last call."""
        until = time.monotonic() + self.patience_seconds
        key, tries = act.key or f"act-{secrets.token_hex(8)}", 0
        while True:
            call, _ = await self._try(asker, act, key)
            if not call.is_unknown or time.monotonic() > until:
                return call
            await asyncio.sleep(_wait(tries))
            tries += 1

    async def _try(self, asker: Asker, act: Act, key: str) -> tuple[Call, Answer | None]:
        headers = {"Idempotency-Key": act.key} if act.key else {}
        started = time.monotonic()
        answer: Answer | None = None
        with contextlib.suppress(NoAnswer):
            answer = await asker.ask(
                random.choice(self._ports), act.method, f"/api/v1{act.path}", act.value, headers, self.answer_seconds
            )
        call = Call(act.kind, act.who, key, started, time.monotonic(), None, act.network, act.target, act.mark)
        if answer is not None:
            call = _with_answer(call, answer)
        self._log.calls.append(call)
        return call, answer

    async def load_network(self, asker: Asker, who: str, place: Place) -> tuple[int, Known] | None:
        """All of a network as a page would read it: its stream's number first, then its posts."""
        threads, as_of = await self._list(asker, who, place, f"/networks/{place.slug}/threads")
        if as_of is None:
            return None
        known: Known = {}
        for thread in threads:
            posts, _ = await self._list(asker, who, place, f"/threads/{thread['id']}/posts")
            known |= {post["id"]: post["version"] for post in posts}
        return as_of, known

    async def _list(self, asker: Asker, who: str, place: Place, path: str) -> tuple[list[Any], int | None]:
        """All items of a list, and the number of the network's stream at its first page; None where it is refused."""
        items: list[Any] = []
        as_of: int | None = None
        more: str | None = ""
        while more is not None:
            following = f"&after={more}" if more else ""
            call, answer = await self._ask_for(asker, Act("read", who, place.id, "GET", "", None), path, following)
            if answer is None or call.status != 200:
                break
            body = answer.json()
            items += body["items"]
            as_of = as_of if as_of is not None else int(body["as_of"][place.stream][1])
            more = body["next"]
        return items, as_of

    async def _ask_for(self, asker: Asker, act: Act, path: str, following: str) -> tuple[Call, Answer | None]:
        until = time.monotonic() + self.patience_seconds
        act, tries = replace(act, path=f"{path}?limit=100{following}"), 0
        while True:
            call, answer = await self._try(asker, act, f"read-{secrets.token_hex(8)}")
            if not call.is_unknown or time.monotonic() > until:
                return call, answer
            await asyncio.sleep(_wait(tries))
            tries += 1


def _wait(tries: int) -> float:
    """Longer each time, and never the same for all: a server that is slow is not asked more and more."""
    return random.uniform(0.02, min(4.0, 0.2 * 2**tries))


def _with_answer(call: Call, answer: Answer) -> Call:
    found = canaries_in(answer.body.decode("utf-8", "replace"))
    made, told = "", ()
    names = _SAME.get(call.kind)
    if names and answer.status == 201:
        body = answer.json()
        made, told = body["id"], (answer.status, *(body[name] for name in names))
    return replace(call, status=answer.status, made=made, told=told, canaries=found)
