"""Downloads: parts, names for the bytes, and headers that let no browser take a file for one of our pages."""

import hashlib
import secrets
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.errors import FileDamaged, Unavailable
from forum.files.downloads import Download, File
from forum.files.store import CHUNK_BYTES, Kept, Store
from tests.forum.files.test_store import bring

CONTENT = secrets.token_bytes(2 * CHUNK_BYTES + 100)
SIZE = len(CONTENT)


class Asked:
    """A file of the store at an address."""

    def __init__(self, store: Store, kept: Kept, name: str = "Minutes.pdf") -> None:
        self.file = File(kept.sha256, kept.size, "application/pdf", name)
        self.is_ours = False

        async def give(_: Request) -> Response:
            return Download(store, self.file, is_ours=self.is_ours)

        transport = httpx2.ASGITransport(Starlette(routes=[Route("/file", give)]))
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://files.test")

    async def get(self, **headers: str) -> httpx2.Response:
        return await self.client.get(
            "/file", headers={name.replace("_", "-"): value for name, value in headers.items()}
        )


@pytest.fixture
async def asked(store: Store) -> AsyncIterator[Asked]:
    made = Asked(store, await bring(store, CONTENT))
    yield made
    await made.client.aclose()


async def test_the_whole_file_and_what_is_said_of_it(asked: Asked) -> None:
    answer = await asked.get()
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"] == 'attachment; filename="Minutes.pdf"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_what_we_made_ourselves_is_shown_in_its_place(asked: Asked) -> None:
    asked.is_ours = True
    assert (await asked.get()).headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("wished", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=5-", 5, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=-{SIZE + 5}", 0, SIZE),
        (f"bytes={CHUNK_BYTES - 1}-{CHUNK_BYTES}", CHUNK_BYTES - 1, CHUNK_BYTES + 1),
        (f"bytes=3-{SIZE * 9}", 3, SIZE),
        ("Bytes = 1 - 2", 1, 3),
    ],
)
async def test_a_part_of_it(asked: Asked, wished: str, start: int, stop: int) -> None:
    answer = await asked.get(range=wished)
    assert (answer.status_code, answer.content) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("wished", ["bytes=9-5", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=x-", "", "bytes=1-2x"])
async def test_what_is_no_part_is_the_whole(asked: Asked, wished: str) -> None:
    answer = await asked.get(range=wished)
    assert (answer.status_code, len(answer.content)) == (200, SIZE)


@pytest.mark.parametrize("wished", [f"bytes={SIZE}-", f"bytes={SIZE + 1}-{SIZE + 9}", "bytes=-0"])
async def test_a_part_that_is_not_there(asked: Asked, wished: str) -> None:
    answer = await asked.get(range=wished)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


async def test_going_on_after_a_break_only_where_it_is_the_same_file(asked: Asked) -> None:
    etag = asked.file.etag
    assert (await asked.get(range="bytes=5-9", if_range=etag)).status_code == 206
    for other in ('"another"', f"W/{etag}", "Sat, 28 Nov 2026 10:00:00 GMT"):
        assert (await asked.get(range="bytes=5-9", if_range=other)).status_code == 200


async def test_who_has_it_gets_nothing_again(asked: Asked) -> None:
    etag = asked.file.etag
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        answer = await asked.get(if_none_match=known, range="bytes=0-1")
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert "content-length" not in answer.headers
    assert (await asked.get(if_none_match='"x"')).status_code == 200


async def test_head_tells_and_sends_nothing(asked: Asked) -> None:
    answer = await asked.client.head("/file", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)


async def test_an_empty_file(store: Store) -> None:
    asked = Asked(store, await bring(store, b""))
    for headers in ({}, {"range": "bytes=0-"}, {"range": "bytes=-5"}):
        answer = await asked.get(**headers)
        assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")
    await asked.client.aclose()


async def test_a_store_that_has_lost_it_says_so_before_anything_goes_out(store: Store) -> None:
    kept = await bring(store, CONTENT)
    await store.remove(kept.sha256)
    asked = Asked(store, kept)
    with pytest.raises(Unavailable):
        await asked.get()
    await asked.client.aclose()


@pytest.mark.parametrize("told", [SIZE - 1, SIZE + 1])
async def test_a_store_with_another_length_never_gives_a_whole_answer(store: Store, told: int) -> None:
    kept = await bring(store, CONTENT)
    asked = Asked(store, Kept(kept.sha256, told, kept.media_type))
    with pytest.raises(FileDamaged):
        await asked.get()
    await asked.client.aclose()


async def test_no_name_makes_a_header(store: Store) -> None:
    asked = Asked(store, await bring(store, b"x"), name='a"\r\nX-Evil: 1\r\n\u202e報告.pdf')
    answer = await asked.get()
    assert "x-evil" not in answer.headers
    assert answer.headers["content-disposition"].isascii()
    await asked.client.aclose()
