"""Sockets and pages in processes of their own, behind a real nginx with the configuration of `docs/nginx.conf`."""

import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.realtime.reader import Reader
from tests.servers.confer import ConferServer, Person, confer_in_shape
from tests.servers.nginx import NginxServer
from tests.servers.postgres import PostgresServer
from tests.servers.processes import free_port
from tests.servers.shapes import POSTGRES_REDIS, SQLITE_MEMORY


@dataclass(frozen=True, slots=True)
class Site:
    """A proxy, and behind it a process with the pages and one with the sockets."""

    proxy: NginxServer
    web: ConferServer
    live: ConferServer
    url: str
    person: Person


@pytest.fixture(scope="module")
def site(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that all tests here share."""
    folder, port = tmp_path_factory.mktemp("parts"), free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"BASE_URL": url, "TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMITS": "on"}
    with confer_in_shape(POSTGRES_REDIS, folder / "first", postgres_server) as first:
        person = first.person("Imani Castell")
        first.stop()
        web, live = first.beside(folder / "web", **settings), first.beside(folder / "live", **settings)
        try:
            web.start("--only", "web")
            live.start("--only", "live")
            proxy = NginxServer(port, web_port=web.port, live_port=live.port)
            yield Site(proxy, web, live, url, person)
            proxy.stop()
        finally:
            live.stop()
            web.stop()


def browser(site: Site, address: str = "127.0.0.1", **headers: str) -> httpx2.Client:
    """Somebody who asks through the proxy, from this address."""
    transport = httpx2.HTTPTransport(local_address=address)
    return httpx2.Client(base_url=site.url, transport=transport, headers={"Origin": site.url, **headers}, timeout=20)


def sign_in(client: httpx2.Client, person: Person, password: str | None = None) -> int:
    """The status of the form."""
    fields = {"email": person.email, "password": person.password if password is None else password}
    return client.post("/sign-in", data=fields).status_code


async def socket_through_proxy(site: Site, cookie: str, origin: str, **elsewhere: Any) -> Reader:
    """A socket as a browser opens it; with `host` and `port`, of the same address at another door."""
    socket = await connect(
        f"{site.url.replace('http', 'ws')}/live",
        origin=origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": f"confer={cookie}"},
        subprotocols=["confer.v1"],  # type: ignore[list-item]
        compression=None,
        proxy=None,
        **elsewhere,
    )
    reader = Reader(socket)
    await reader.say(type="hello", v=1, client="test", resume={})
    reader.start()
    return reader


async def test_post_made_over_http_comes_through_the_proxied_socket(site: Site) -> None:
    with browser(site) as client:
        assert sign_in(client, site.person) == 303
        wish = {"name": f"Harbour {secrets.token_hex(6)}", "purpose": "P", "access": "closed"}
        network = client.post("/api/v1/networks", json=wish).json()
        thread = client.post(f"/api/v1/networks/{network['slug']}/threads", json={"title": "T", "body": "B"}).json()
        reader = await socket_through_proxy(site, client.cookies["confer"], site.url)
        welcome = await reader.frame("welcome")
        stream = f"network:{network['id']}"
        made = client.post(f"/api/v1/threads/{thread['id']}/posts", json={"body": "The tide is in"})
        assert made.status_code == 201
        event = await reader.event(stream, welcome["streams"][stream] + 1, seconds=3.0)
    assert (event["kind"], event["object"]["id"]) == ("post.created", made.json()["id"])
    await reader.close()


async def test_other_origins_are_refused_through_the_proxy(site: Site) -> None:
    with browser(site) as client:
        assert sign_in(client, site.person) == 303
        for origin in (
            "https://elsewhere.example.org",
            f"http://127.0.0.1:{site.live.port}",
            f"{site.url}.example.org",
        ):
            with pytest.raises(InvalidStatus) as refused:
                await socket_through_proxy(site, client.cookies["confer"], origin)
            assert refused.value.response.status_code == 403


def test_clients_are_told_apart_through_the_proxy(site: Site) -> None:
    """After five wrong passwords each address waits for itself; what a client says of its own address is nothing."""
    victim = Person(f"{secrets.token_hex(6)}@example.org", "", "a wrong password of some length", "")
    with browser(site, "127.0.0.2") as one, browser(site, "127.0.0.3") as other:
        assert [sign_in(one, victim) for _ in range(5)] == [422] * 5
        assert sign_in(one, victim) == 429
        forged = {"X-Forwarded-For": "127.0.0.3, 192.0.2.9"}
        assert one.post("/sign-in", data={"email": victim.email, "password": "x"}, headers=forged).status_code == 429
        assert sign_in(other, victim) == 422


async def test_each_process_serves_its_part_and_nothing_else(site: Site) -> None:
    for server in (site.web, site.live):
        assert [server.status(path) for path in ("/healthz", "/readyz")] == [200, 200]
    hosted = {"Host": site.url.partition("//")[2]}
    for path, of_web in (("/", 200), ("/sign-in", 200), ("/api/v1/me", 401), ("/robots.txt", 200), ("/metrics", 404)):
        assert httpx2.get(site.web.url + path, headers=hosted).status_code == of_web, path
        refused = httpx2.get(site.live.url + path, headers=hosted)
        assert (refused.status_code, refused.text) == (404, "This process serves /live alone.\n"), path
    with pytest.raises(InvalidStatus) as nowhere:
        await socket_through_proxy(site, "", site.url, host="127.0.0.1", port=site.web.port)
    assert nowhere.value.response.status_code == 503


def test_proxy_keeps_no_record_of_who_asked_for_what(site: Site) -> None:
    with browser(site) as client:
        client.get("/networks", params={"q": "gooseberry"})
    assert "gooseberry" not in site.proxy.said()
    assert "127.0.0." not in site.proxy.said()


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (["--only", "live"], {}, "on SQLite one process serves all"),
        (["--only", "web"], {}, "on SQLite one process serves all"),
        (["--only", "live"], {"DATABASE_URL": "postgresql://localhost/none"}, "--only live needs REDIS_URL"),
        (
            ["--only", "live", "--with-worker"],
            {"DATABASE_URL": "postgresql://localhost/none", "REDIS_URL": "redis://localhost:1/0"},
            "--only live works no queue",
        ),
    ],
)
def test_parts_that_cannot_be_are_refused_in_a_sentence(
    words: list[str], settings: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    server = ConferServer(tmp_path, shape=SQLITE_MEMORY)
    server.environment |= settings
    with pytest.raises(RuntimeError, match="does not start"):
        server.start(*words)
    assert server.exit_code == 2
    assert sentence in server.said()
    assert "Traceback" not in server.said()


def test_of_a_file_in_parts_all_counts_that_came_before_the_line_broke(site: Site) -> None:
    """nginx holds nothing of it back, and takes parts that are larger than pages and posts may be."""
    size, tus = 9_000_000, {"Tus-Resumable": "1.0.0", **site.person.bearer}
    with browser(site) as client:
        wish = {"name": f"Quay {secrets.token_hex(6)}", "purpose": "P", "access": "closed"}
        assert client.post("/api/v1/networks", json=wish, headers=site.person.bearer).status_code == 201
        begun = client.post("/api/v1/uploads", headers={**tus, "Upload-Length": str(size)})
        path = begun.headers["location"].removeprefix(site.url)
        part = {**tus, "Content-Type": "application/offset+octet-stream"}
        assert client.patch(path, headers={**part, "Upload-Offset": "0"}, content=bytes(4_000_000)).status_code == 204
        with socket.create_connection(("127.0.0.1", site.proxy.port)) as line:
            told = {**part, "Upload-Offset": "4000000", "Content-Length": "5000000", "Host": site.url[7:]}
            head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
            line.sendall(f"PATCH {path} HTTP/1.1\r\n{head}\r\n".encode() + bytes(2_000_000))
        for _ in range(100):
            offset = int(client.head(path, headers=tus).headers["upload-offset"])
            if offset > 4_000_000:
                break
            time.sleep(0.1)
        assert 4_000_000 < offset <= 6_000_000
        rest = client.patch(path, headers={**part, "Upload-Offset": str(offset)}, content=bytes(size - offset))
        assert rest.status_code == 204
        assert client.get(path, headers=tus).json()["complete"]
