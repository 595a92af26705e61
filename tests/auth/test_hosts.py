"""Only the site's own names are answered."""

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from auth.hosts import HostGuard, hosts_of, origins_of


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("inside")(scope, receive, send)


@pytest.mark.parametrize(
    ("base_url", "origins", "hosts"),
    [
        (
            "https://confer.example.org",
            {"https://confer.example.org"},
            {"confer.example.org", "confer.example.org:443"},
        ),
        (
            "https://Confer.Example.org/",
            {"https://confer.example.org"},
            {"confer.example.org", "confer.example.org:443"},
        ),
        ("https://confer.example.org:8443", {"https://confer.example.org:8443"}, {"confer.example.org:8443"}),
        (
            "http://confer.example.org:80",
            {"http://confer.example.org"},
            {"confer.example.org", "confer.example.org:80"},
        ),
        (
            "https://bücher.example",
            {"https://xn--bcher-kva.example"},
            {"xn--bcher-kva.example", "xn--bcher-kva.example:443"},
        ),
        ("http://[2001:db8::1]:8000", {"http://[2001:db8::1]:8000"}, {"[2001:db8::1]:8000"}),
        (
            "http://127.0.0.1:8000",
            {"http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"},
            {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"},
        ),
    ],
)
def test_the_names_of_a_site(base_url: str, origins: set[str], hosts: set[str]) -> None:
    assert origins_of(base_url) == origins
    assert hosts_of(base_url) == hosts


@pytest.mark.parametrize(
    "base_url", ["", "confer.example.org", "ftp://example.org", "https://", "https://a:b@example.org", "http://x:99999"]
)
def test_a_wrong_address_is_said(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"is not the address of a site. Write it like https://"):
        origins_of(base_url)


async def answer(host: list[str], path: str = "/") -> int:
    guard = HostGuard(inside, hosts_of("https://confer.example.org"), exempt=["/healthz"])
    sent = []

    async def send(message: object) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    headers = [(b"host", value.encode("latin-1")) for value in host]
    await guard({"type": "http", "method": "GET", "path": path, "headers": headers}, receive, send)  # type: ignore[arg-type]
    status: int = sent[0]["status"]  # type: ignore[index]
    return status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (["confer.example.org"], 200),
        (["CONFER.example.org:443"], 200),
        (["confer.example.org:80"], 421),
        (["evil.example"], 421),
        (["confer.example.org.evil.example"], 421),
        (["confer.example.org@evil.example"], 421),
        (["confer.example.org, evil.example"], 421),
        (["confer.example.org", "evil.example"], 421),
        (["confer.example.org", "confer.example.org"], 421),
        ([""], 421),
        ([], 421),
    ],
)
async def test_unknown_names_get_421(host: list[str], status: int) -> None:
    assert await answer(host) == status
    assert await answer(host, "/healthz") == 200


async def test_421_is_never_stored() -> None:
    guard = HostGuard(inside, hosts_of("https://confer.example.org"))
    transport = httpx2.ASGITransport(guard)
    async with httpx2.AsyncClient(transport=transport, base_url="https://evil.example") as client:
        refused = await client.get("/")
    assert (refused.status_code, refused.headers["cache-control"]) == (421, "private, no-store")
    assert refused.text == "This address does not belong to this site.\n"


async def test_its_own_page_answers_where_given() -> None:
    guard = HostGuard(inside, hosts_of("https://confer.example.org"), refused=PlainTextResponse("ours", 421))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(guard), base_url="https://evil.example") as client:
        assert (await client.get("/")).text == "ours"
