"""Requests that come many times, and requests whose sender does not wait for the answer.

One key makes one row also in the load of every other scenario, where one reply in twelve is sent twice at once.
"""

import asyncio
import json
import random
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.asking import Asker, _read
from tests.faults.halls import Hall, hall
from tests.faults.reading_back import read_stored
from tests.faults.scenes import IS_FULL, Store

AT_ONCE = 50
ROUNDS = 10 if IS_FULL else 2
CANCELLED = 20_000 if IS_FULL else 500
SENDERS = 20
THREADS = 5


async def test_one_key_fifty_times_at_once(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Each on a connection of its own, to every process: one row, and the same answer to all."""
    async with hall(store, tmp_path, 30, processes=2) as run:
        for number in range(ROUNDS):
            thread = f"/api/v1/threads/{run.place.threads[0]}/posts"
            await _fifty(run, thread, {"body": f"Said once {number}"})
            await _fifty(run, f"/api/v1/networks/{run.place.slug}/threads", {"title": "Once", "body": f"Once {number}"})
            name = f"Once {secrets.token_hex(4)}"
            await _fifty(run, "/api/v1/networks", {"name": name, "purpose": "Once.", "access": "closed"})
        stored = await read_stored(run.database_url)
        assert len(stored.posts) == 1 + 2 * ROUNDS
        assert len(stored.threads) == 1 + ROUNDS
        await run.check()
    record_property("figures", f"{3 * ROUNDS} requests {AT_ONCE} times at once: one row each, equal answers")


async def _fifty(run: Hall, path: str, body: dict[str, str]) -> None:
    token = random.choice(list(run.world.tokens.values()))
    askers = [Asker(token) for _ in range(AT_ONCE)]
    key = {"Idempotency-Key": secrets.token_hex(12)}
    answers = await asyncio.gather(
        *(
            asker.ask(run.servers[number % len(run.servers)].port, "POST", path, body, key, 60)
            for number, asker in enumerate(askers)
        )
    )
    for asker in askers:
        await asker.close()
    assert Counter(answer.status for answer in answers) == {201: AT_ONCE}
    told = {_without_address(answer.body, run) for answer in answers}
    assert len(told) == 1, told
    assert sum("idempotent-replay" not in answer.headers for answer in answers) == 1
    other = Asker(token)
    answer = await other.ask(run.servers[0].port, "POST", path, dict.fromkeys(body, "Otherwise") | _choice(body), key)
    assert answer.status == 422, answer
    await other.close()


def _without_address(body: bytes, run: Hall) -> bytes:
    """Each process has an address of its own here, which stands in its answers."""
    for server in run.servers:
        body = body.replace(server.url.encode(), b"")
    return body


def _choice(body: dict[str, str]) -> dict[str, str]:
    return {"access": body["access"]} if "access" in body else {}


@dataclass(frozen=True, slots=True)
class _Wish:
    """One request, and how its answer is known."""

    text: bytes
    status: int
    mark: str


async def test_requests_cancelled_at_random_points(
    store: Store, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Kept-open and pipelined connections, cut anywhere: every answer that is read is that of its own request."""
    counts: Counter[str] = Counter()
    async with hall(store, tmp_path, 40, processes=1) as run:
        threads = await _make_threads(run)
        await asyncio.gather(*(_send_and_cancel(run, threads, counts) for _ in range(SENDERS)))
        asker = Asker(next(iter(run.world.tokens.values())))
        answer = await asker.ask(run.servers[0].port, "GET", "/readyz")
        assert answer.status == 200
        await asker.close()
        await run.check()
    record_property(
        "figures",
        f"{counts['cut']} requests cancelled: {counts['answers']} whole answers read meanwhile, each its own",
    )
    assert counts["answers"] > counts["cut"] / 10


async def _make_threads(run: Hall) -> list[str]:
    asker = Asker(next(iter(run.world.tokens.values())))
    made = []
    for number in range(THREADS):
        body = {"title": f"Subject {number}", "body": "The first words."}
        path = f"/api/v1/networks/{run.place.slug}/threads"
        made.append((await asker.ask(run.servers[0].port, "POST", path, body)).json()["id"])
    await asker.close()
    return made


def _wish(run: Hall, threads: list[str]) -> _Wish:
    who, token = random.choice(list(run.world.tokens.items()))
    thread, port = random.choice(threads), run.servers[0].port
    head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
    kind = random.choice(("me", "thread", "posts", "nothing", "reply", "refused"))
    if kind in ("reply", "refused"):
        mark = secrets.token_hex(8)
        body = json.dumps({"body": f"Words {mark}"} if kind == "reply" else {mark: "x"}).encode()
        kept = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        text = f"POST /api/v1/threads/{thread}/posts HTTP/1.1\r\n{head}{kept}\r\n".encode() + body
        return _Wish(text, 201 if kind == "reply" else 422, mark)
    mark = secrets.token_hex(8)
    path, status, known = {
        "me": ("/me", 200, who),
        "thread": (f"/threads/{thread}", 200, thread),
        "posts": (f"/threads/{thread}/posts?limit=5", 200, thread),
        "nothing": (f"/networks?{mark}=1", 422, mark),
    }[kind]
    return _Wish(f"GET /api/v1{path} HTTP/1.1\r\n{head}\r\n".encode(), status, known)


async def _send_and_cancel(run: Hall, threads: list[str], counts: Counter[str]) -> None:
    while counts["cut"] < CANCELLED:
        reader, writer = await asyncio.open_connection("127.0.0.1", run.servers[0].port)
        try:
            for _ in range(random.randrange(3)):  # a few that are waited for, on the same connection
                await _exchange(reader, writer, [_wish(run, threads)], 1, counts)
            wishes = [_wish(run, threads) for _ in range(random.choice((1, 1, 1, 2, 4)))]
            read = random.randrange(len(wishes))
            await _exchange(reader, writer, wishes, read, counts, is_cut=True)
            counts["cut"] += len(wishes) - read
        finally:
            writer.transport.abort()


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    wishes: list[_Wish],
    read: int,
    counts: Counter[str],
    *,
    is_cut: bool = False,
) -> None:
    """Send all, read so many answers, and stop at any point of what follows."""
    text = b"".join(wish.text for wish in wishes)
    whole = sum(len(wish.text) for wish in wishes[: read + 1])
    if is_cut and not read and random.random() < 0.3:
        writer.write(text[: random.randrange(len(text))])
        await asyncio.sleep(random.choice((0, 0.001, 0.01)))
        return
    writer.write(text[: random.randint(whole, len(text))] if is_cut else text)
    for wish in wishes[:read]:
        async with asyncio.timeout(30):
            answer = await _read(reader)
        assert answer.status == wish.status, (wish, answer)
        assert wish.mark in answer.body.decode(), (wish, answer)
        counts["answers"] += 1
    if is_cut:
        await asyncio.sleep(random.choice((0, 0.0005, 0.002, 0.005, 0.02)))
