"""The pages of a version in the JSON API: some at a time, with their pictures, for whoever may read the document."""

from tests.forum.documents.shelf import read, share
from tests.forum.documents.test_preview_commands import when_ready
from tests.forum.threads.village import Village
from tests.previews import making


async def test_a_program_reads_a_document_page_by_page(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    lines = [f"Line {number}" for number in range(1, 7)]
    document = await share(village, amara, place, data=making.write_pdf([*lines, making.SENTENCE]))
    await when_ready(village, amara, document)
    path = f"/documents/{document['id']}/versions/1/pages"
    first = (await read(village, gareth, f"{path}?limit=3")).json()
    assert (first["ready"], first["refused"], first["kind"], first["page_count"]) == (True, False, "pdf", 7)
    assert [page["number"] for page in first["items"]] == [1, 2, 3]
    rest = (await read(village, gareth, f"{path}?after={first['next']}")).json()
    assert ([page["number"] for page in rest["items"]], rest["next"]) == ([4, 5, 6, 7], None)
    drawn = rest["items"][-1]["pictures"][-1]
    got = await village.program(gareth).get(drawn["url"].replace(village.url, ""))
    assert (got.status_code, got.headers["content-type"]) == (200, "image/webp")
    assert (await read(village, gareth, f"{path}?after=x")).status_code == 422
    for person in (maeve, None):
        assert (await read(village, person, path)).status_code == 404
        assert (await read(village, person, f"{path}/1/360")).status_code == 404
