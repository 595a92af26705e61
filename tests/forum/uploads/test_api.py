"""Files in parts, by tus: what is answered to clients that do right, and to those that don't."""

import asyncio
import base64
import hashlib
import secrets

import pytest
from sqlalchemy import select, update

from forum.tables import blobs, networks, uploads
from ground.columns import new_id
from tests.forum.files.test_store import content_of
from tests.forum.threads.village import Village
from tests.forum.uploads.sender import PART, TUS, Sender


@pytest.fixture
async def sender(village: Village) -> Sender:
    return await Sender.new_member(village)


async def file_of(village: Village, path: str) -> bytes:
    """What became of it."""
    async with village.state.database.read() as connection:
        this = uploads.c.id == path.rpartition("/")[2]
        sha256 = await connection.scalar(select(uploads.c.sha256).where(this))
    assert sha256
    return await content_of(village.state.files, sha256)


async def test_sent_in_parts_it_is_one_file(village: Village, sender: Sender) -> None:
    content = secrets.token_bytes(700_000)
    answer = await sender.begin(len(content), name="../Résumé.pdf")
    assert answer.status_code == 201
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert (answer.json()["name"], answer.json()["received"], answer.json()["complete"]) == ("Résumé.pdf", 0, False)
    path = answer.headers["location"].removeprefix(village.url)
    for start in range(0, len(content), 300_000):
        assert await sender.offset(path) == start
        answer = await sender.send(path, start, content[start : start + 300_000])
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["upload-offset"] == str(min(start + 300_000, len(content)))
        assert "upload-expires" in answer.headers
    shown = await sender.show(path)
    assert (shown["received"], shown["complete"]) == (700_000, True)
    assert await file_of(village, path) == content
    async with village.state.database.read() as connection:
        this = blobs.c.sha256 == hashlib.sha256(content).hexdigest()
        assert await connection.scalar(select(blobs.c.size).where(this)) == len(content)


async def test_an_empty_file_is_whole_at_once(village: Village, sender: Sender) -> None:
    answer = await sender.begin(0)
    assert (answer.status_code, answer.json()["complete"]) == (201, True)
    assert await file_of(village, answer.headers["location"]) == b""


async def test_what_is_offered(sender: Sender) -> None:
    answer = await sender.client.options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,termination,expiration,checksum"
    assert answer.headers["tus-max-size"] == "200000000"
    assert answer.headers["tus-checksum-algorithm"] == "md5,sha1,sha256"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Length": "-1"}, 422),
        ({"Upload-Length": "many"}, 422),
        ({"Upload-Length": "1" * 19}, 422),
        ({"Upload-Length": "200000001"}, 413),
        ({"Upload-Defer-Length": "1"}, 422),
        ({"Upload-Metadata": "filename not-base64!"}, 422),
        ({"Upload-Metadata": "filename YQ==,filename YQ=="}, 422),
        ({"Upload-Metadata": "filename /w=="}, 422),
        ({"Upload-Metadata": "a" * 9_000}, 422),
        ({"Upload-Metadata": ""}, 201),
        ({"Upload-Metadata": "is_secret,filetype dGV4dC9wbGFpbg=="}, 201),
    ],
)
async def test_what_is_begun_wrongly(sender: Sender, headers: dict[str, str], status: int) -> None:
    answer = await sender.client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": "5", **headers})
    assert answer.status_code == status, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    if status > 400:
        assert answer.headers["content-type"] == "application/problem+json"


async def test_going_on_from_a_wrong_place_says_which_is_right(sender: Sender) -> None:
    path = await sender.new(10)
    for offset in (1, 10, 11):
        answer = await sender.send(path, offset, b"x")
        assert (answer.status_code, answer.json()["detail"]) == (
            409,
            "0 bytes of this file are here. Go on from there.",
        )
    assert (await sender.send(path, 0, b"12345")).status_code == 204
    assert (await sender.send(path, 0, b"12345")).status_code == 409
    assert await sender.offset(path) == 5


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/octet-stream"}, 415),
        ({"Tus-Resumable": "2.0.0"}, 412),
        ({"Upload-Offset": "x"}, 422),
        ({"Upload-Checksum": "crc32 YQ=="}, 422),
        ({"Upload-Checksum": "sha1 YQ=="}, 422),
    ],
)
async def test_parts_that_are_said_wrongly(sender: Sender, headers: dict[str, str], status: int) -> None:
    path = await sender.new(5)
    answer = await sender.client.patch(path, headers={**PART, "Upload-Offset": "0", **headers}, content=b"12345")
    assert answer.status_code == status
    assert await sender.offset(path) == 0


async def test_more_than_was_said_is_refused_and_nothing_of_it_kept(sender: Sender) -> None:
    path = await sender.new(5)

    async def endless() -> object:
        for _ in range(50):
            yield b"x" * 100_000

    assert (await sender.send(path, 0, b"123456")).status_code == 413
    answer = await sender.client.patch(path, headers={**PART, "Upload-Offset": "0"}, content=endless())
    assert answer.status_code == 413
    assert await sender.offset(path) == 0


async def test_with_a_checksum_all_of_it_counts_or_nothing(sender: Sender) -> None:
    path = await sender.new(10)
    for name in ("md5", "sha1", "sha256"):
        right = base64.b64encode(hashlib.new(name, b"1234567890").digest()).decode()
        answer = await sender.send(path, 0, b"1234567x90", Upload_Checksum=f"{name} {right}")
        assert answer.status_code == 460
        assert await sender.offset(path) == 0
    assert (await sender.send(path, 0, b"1234567890", Upload_Checksum=f"sha256 {right}")).status_code == 204


async def test_given_up_it_is_gone(sender: Sender) -> None:
    path = await sender.new(10)
    await sender.send(path, 0, b"12345")
    assert (await sender.client.delete(path, headers=TUS)).status_code == 204
    for answer in (await sender.client.head(path, headers=TUS), await sender.send(path, 5, b"67890")):
        assert answer.status_code == 404


async def test_only_who_began_it_knows_of_it(village: Village, sender: Sender) -> None:
    path, nothing = await sender.new(10), f"/api/v1/uploads/{new_id()}"
    other = Sender(village, await village.person())
    for method in ("GET", "PATCH", "DELETE"):
        answers = [
            await other.client.request(method, each, headers={**PART, "Upload-Offset": "0"}) for each in (path, nothing)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    signed_out = village.program()
    assert (await signed_out.patch(path, headers=PART)).status_code == 401
    assert (await signed_out.head(path, headers=TUS)).status_code == 401
    assert await sender.offset(path) == 0


async def test_a_browser_of_another_site_can_not_send(village: Village) -> None:
    person = await village.person()
    await village.network(person)
    browser = village.browser(person)
    headers = {**TUS, "Upload-Length": "5"}
    assert (await browser.post("/api/v1/uploads", headers=headers)).status_code == 201
    foreign = {**headers, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await browser.post("/api/v1/uploads", headers=foreign)).status_code == 403


async def test_what_is_over_is_as_if_it_had_never_been(village: Village, sender: Sender) -> None:
    path = await sender.new(10)
    async with village.state.transaction() as tx:
        this = uploads.c.id == path.rpartition("/")[2]
        await tx.execute(update(uploads).where(this).values(expires_at=uploads.c.created_at))
    assert (await sender.client.head(path, headers=TUS)).status_code == 404
    assert (await sender.send(path, 0, b"x")).status_code == 404


async def test_eight_at_once_on_one_file_make_one_file(village: Village, sender: Sender) -> None:
    content = secrets.token_bytes(400_000)
    path = await sender.new(len(content))
    answers = await asyncio.gather(*(sender.send(path, 0, content) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {204, 409, 423, 404}
    while (offset := await sender.offset(path)) < len(content):
        await sender.send(path, offset, content[offset:])
    assert await file_of(village, path) == content


# -- where it is to go ------------------------------------------------------------------------------


async def test_for_a_network_in_which_one_may_write(village: Village) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    own, secret = await village.network(amara), await village.network(ben, access="secret")
    open_to_all = await village.network(ben, access="open")
    sender = Sender(village, amara)
    assert (await sender.begin(5, network=own.slug)).status_code == 201
    hidden = await sender.begin(5, network=secret.slug)
    nothing = await sender.begin(5, network="nothing-here")
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.content == nothing.content
    refused = await sender.begin(5, network=open_to_all.slug)
    assert (refused.status_code, refused.json()["detail"]) == (403, "Join this network to write here.")


async def test_who_belongs_to_no_network_has_nowhere_to_share_and_sends_nothing(village: Village) -> None:
    eve = await village.person("Eve Dray")
    refused = await Sender(village, eve).begin(5)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Join a network first: a file is sent to be shared in one.",
    )
    await village.network(eve)
    assert (await Sender(village, eve).begin(5)).status_code == 201


async def test_no_room_in_the_network_is_told_before_anything_is_sent(village: Village) -> None:
    amara = await village.person()
    own = await village.network(amara)
    async with village.state.transaction() as tx:
        this = networks.c.id == own.id
        await tx.execute(update(networks).where(this).values(stored_bytes=9_990_000_000))
    sender = Sender(village, amara)
    assert (await sender.begin(10_000_000, network=own.slug)).status_code == 201
    refused = await sender.begin(10_000_001, network=own.slug)
    assert refused.status_code == 507
    assert "this network has room for 10 MB more" in refused.json()["detail"]
    assert (await sender.begin(10_000_001)).status_code == 201
