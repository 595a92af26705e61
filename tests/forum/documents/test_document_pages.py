"""The page of a document and its bytes: where those changed on the server nobody takes what is there for the paper."""

import io
import zipfile

import httpx2
import pytest

from forum.documents.archive_pages import LEFT_OUT
from forum.files.store import place as place_in_store
from tests.forum.documents.shelf import Object, read, replace, share, some_bytes
from tests.forum.threads.village import Village

SAID = "This file is damaged on the server, so nobody is given it. Tell whoever runs this site"


def spoil(village: Village, document: Object) -> None:
    """What a disk that fails, or somebody who writes into the folder, does: as many bytes as before."""
    version = document["current"]
    path = village.state.settings.data_dir / "files" / place_in_store(version["sha256"])
    path.write_bytes(b"X" * int(version["size"]))


async def test_a_damaged_file_is_refused_in_words_by_page_and_program(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place)
    path, content = f"/documents/{document['id']}", f"/documents/{document['id']}/versions/1/content"
    assert (await read(village, gareth, content)).status_code == 200
    spoil(village, document)
    page = await village.browser(gareth).get(f"{path}/file")
    assert page.status_code == 503
    assert SAID in page.text
    assert "Gareth" in page.text  # it is a page for who is signed in
    assert "retry-after" not in page.headers
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = await village.program(gareth).get(f"/api/v1{content}", headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (503, "This file is damaged")
        assert answer.json()["detail"].startswith(SAID)
    assert (await village.browser(gareth).get(path)).status_code == 200
    zipped = await village.browser(gareth).get(f"/networks/{place.slug}/documents/zip")
    with zipfile.ZipFile(io.BytesIO(zipped.content)) as found:
        assert found.namelist() == [LEFT_OUT]
        assert "Its file is damaged on the server." in found.read(LEFT_OUT).decode("utf-8-sig")


async def test_whoever_shares_it_again_mends_it(village: Village) -> None:
    amara = await village.person("Amara")
    place, data = await village.network(amara), some_bytes()
    document = await share(village, amara, place, data=data)
    spoil(village, document)
    content = f"/documents/{document['id']}/versions/1/content"
    assert (await read(village, amara, content)).status_code == 503
    assert (await replace(village, amara, document, 1)).status_code == 201
    await share(village, amara, place, data=data)
    assert (await read(village, amara, content)).content == data


async def test_a_large_one_breaks_off_before_its_end_and_is_not_gone_on_with(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    document = await share(village, amara, place, data=some_bytes() + bytes(3_000_000))
    spoil(village, document)
    content, got = f"/documents/{document['id']}/versions/1/content", bytearray()

    async def take() -> None:
        async with village.program(amara).stream("GET", f"/api/v1{content}") as answer:
            async for chunk in answer.aiter_bytes():
                got.extend(chunk)

    with pytest.raises(httpx2.RemoteProtocolError):
        await take()
    assert 0 < len(got) < document["current"]["size"]
    rest = await village.program(amara).get(f"/api/v1{content}", headers={"Range": f"bytes={len(got)}-"})
    assert rest.status_code == 503
    assert (await read(village, amara, content)).status_code == 503
