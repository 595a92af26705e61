"""The log has a line for each request and nothing that anybody wrote, is called, or came from."""

import io
import json
import logging
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from forum.logs import JsonLines, RequestLog, current_request
from tests.servers.confer import ConferServer, Person

WORDS = "Quillwort"
CANARIES = (WORDS, "quillwort", "192.0.2.77", "127.0.0.9", "walk by the river", "wrong-passphrase", "example.org")
FIELDS = {"time", "level", "logger", "request", "method", "route", "status", "ms", "bytes"}


def entries(server: ConferServer) -> list[dict[str, Any]]:
    """Every line of the log that is no sentence to the person at the terminal."""
    return [json.loads(line) for line in server.said().splitlines() if line.startswith("{")]


async def break_tables(server: ConferServer) -> None:
    """From now on nobody can read networks."""
    statement = "ALTER TABLE networks RENAME TO networks_elsewhere"
    if url := server.environment["DATABASE_URL"]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute(statement)
        await connection.close()
    else:
        with sqlite3.connect(server.data_dir / "confer.sqlite3", timeout=10) as connection:
            connection.execute(statement)


def browser(server: ConferServer, said: list[httpx2.Response]) -> httpx2.Client:
    """Somebody whose every header tells of them; what they are answered is added to `said`."""
    told = {"Origin": server.url, "X-Forwarded-For": "192.0.2.77", "User-Agent": WORDS, "Referer": f"/{WORDS}"}
    transport = httpx2.HTTPTransport(local_address="127.0.0.9")
    hooks = {"response": [said.append]}
    return httpx2.Client(base_url=server.url, transport=transport, headers=told, event_hooks=hooks, timeout=20)


def use_the_site(client: httpx2.Client, person: Person) -> tuple[str, str]:
    """Sign in, write, search, and get lost; the new network's slug and the thread's id."""
    for password in ("wrong-passphrase-of-ours", person.password):
        client.post("/sign-in", data={"email": person.email, "password": password})
    wish = {"name": f"{WORDS} growers", "purpose": WORDS, "access": "closed"}
    slug = client.post("/api/v1/networks", json=wish).json()["slug"]
    thread = client.post(f"/api/v1/networks/{slug}/threads", json={"title": WORDS, "body": WORDS}).json()["id"]
    assert client.post(f"/threads/{thread}/posts", data={"body": f"{WORDS} by the pond"}).status_code == 303
    assert WORDS in client.get(f"/threads/{thread}").text
    client.get("/networks", params={"q": WORDS})
    client.get(f"/{WORDS}/{WORDS}")
    client.request("PROPFIND", f"/networks/{slug}")
    for token in (person.token, WORDS):
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    return slug, thread


async def test_log_holds_each_request_and_no_word(own_server: ConferServer) -> None:
    person = own_server.person(f"{WORDS} Farthingale")
    said: list[httpx2.Response] = []
    with browser(own_server, said) as client:
        slug, thread = use_the_site(client, person)
        cookie = client.cookies["confer"]
        await break_tables(own_server)
        broken = [
            client.get(f"/threads/{thread}"),
            client.post(f"/threads/{thread}/posts", data={"body": f"{WORDS} again"}),
        ]
    assert own_server.stop() == 0
    by_id: dict[str, list[dict[str, Any]]] = {}
    for entry in entries(own_server):
        by_id.setdefault(entry.get("request", ""), []).append(entry)
    for answer in said:
        (line,) = [each for each in by_id[answer.headers["x-request-id"]] if each["logger"] == "forum.requests"]
        assert set(line) == FIELDS
        assert line["status"] == answer.status_code
        assert line["method"] in (answer.request.method, "other")
        assert "{" in line["route"] or line["route"] == "none" or line["route"] == answer.request.url.path
    for answer in broken:
        number = answer.headers["x-request-id"]
        assert answer.status_code in (500, 503)
        assert f"<code>{number}</code>" in answer.text, "the page shows what the log has"
        assert {each["level"] for each in by_id[number]} == {"error"}
        assert len(by_id[number]) > 1, "what went wrong is told under the same number"
    log = own_server.said()
    for canary in (*CANARIES, slug, thread, person.token, cookie):
        assert canary not in log


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


def record(name: str, message: str, *words: object, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(name, logging.ERROR, "", 0, message, words, exc_info)


def test_entry_is_one_line_with_the_number_of_its_request() -> None:
    current_request.set("0123456789ab")
    line = JsonLines().format(record("forum.work", "mail %s\n“waits”: {}", "7"))
    assert "\n" not in line
    assert json.loads(line) | {"time": ""} == {
        "time": "",
        "level": "error",
        "logger": "forum.work",
        "message": "mail 7\n“waits”: {}",
        "request": "0123456789ab",
    }


def test_what_an_error_says_is_left_out() -> None:
    try:
        try:
            raise ValueError("Row (7, Quillwort)")
        except ValueError as error:
            raise RuntimeError("Quillwort") from error
    except RuntimeError as error:
        inner = record("uvicorn.error", "Exception in ASGI application\n", error=error)
        told = record("asyncio", "Task exception was never retrieved\nfuture: <RuntimeError('Quillwort')>", error=error)
    for each in (inner, told):
        line = JsonLines().format(each)
        assert "Quillwort" not in line
        assert Path(__file__).name in json.loads(line)["error"]
        assert "from ValueError" in json.loads(line)["error"]


async def test_requests_may_be_left_out_but_not_our_failures(lines: io.StringIO) -> None:
    log = RequestLog(everything=False, stream=lines)
    for status in (200, 404, 503):
        log.tell("0123456789ab", "GET", "/threads/{id}", status, 0.0123, 42)
    log.flush()
    (line,) = [json.loads(each) for each in lines.getvalue().splitlines()]
    assert (line["status"], line["level"], line["ms"], line["bytes"]) == (503, "error", 12.3, 42)


async def test_lines_are_written_together_and_none_waits_for_long(lines: io.StringIO) -> None:
    log = RequestLog(everything=True, stream=lines)
    for number in range(1_200):
        log.tell(f"{number:012x}", "GET", "/", 200, 0.001, 1)
    assert len(lines.getvalue().splitlines()) == 1_000
    log.flush()
    numbers = [json.loads(each)["request"] for each in lines.getvalue().splitlines()]
    assert numbers == [f"{number:012x}" for number in range(1_200)]


async def test_nobody_who_reads_the_log_is_no_failure() -> None:
    closed = io.StringIO()
    closed.close()
    log = RequestLog(everything=True, stream=closed)
    log.tell("0123456789ab", "GET", "/", 200, 0.001, 1)
    log.flush()
