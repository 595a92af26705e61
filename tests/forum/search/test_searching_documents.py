"""Documents are found by what they are called and what is said of them, by who may read them, and as they are now."""

from sqlalchemy import select

from forum.tables import search_rows
from tests.forum.documents.shelf import replace, share
from tests.forum.search.finding import ask, finds, found, indexed, read_all_over
from tests.forum.threads.village import Village


async def test_members_find_documents_and_nobody_else(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth Nuthatch", "Una")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Treecreepers", description="Where siskins sleep", tags="goldcrests")
    for words in ("treecreeper", "siskin", "goldcrest", "treecreeper siskin from:nuthatch", f"siskin in:{place.slug}"):
        assert await finds(village, amara, words) == [document["id"]], words
        assert await found(village, una, words) == await found(village, None, words) == [], words
    assert await found(village, amara, "siskin", kind="document") == [document["id"]]
    assert await found(village, amara, "siskin", kind="thread") == []
    (item,) = (await ask(village, amara, "treecreepr"))["items"]
    assert (item["kind"], item["title_html"]) == ("document", "<mark>Treecreepers</mark>")
    assert item["url"].endswith(f"/documents/{document['id']}")
    offered = (await village.browser(gareth).get("/search/suggestions?q=treecr")).json()["items"]
    assert [each["url"] for each in offered] == [f"/documents/{document['id']}"]
    assert (await village.browser(una).get("/search/suggestions?q=treecr")).json()["items"] == []
    page = (await village.browser(gareth).get("/search?q=siskins")).text
    assert "Where <mark>siskins</mark> sleep" in page
    assert "Document, <time" in page


async def test_what_is_changed_withdrawn_or_purged(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Chaffinches")
    assert await finds(village, amara, "chaffinch") == [document["id"]]
    path = f"/api/v1/documents/{document['id']}"
    assert (await village.program(gareth).patch(path, json={"title": "Bramblings"})).status_code == 200
    assert await found(village, amara, "chaffinch") == []
    assert await finds(village, amara, "brambling") == [document["id"]]
    assert (await replace(village, gareth, document, 1)).status_code == 201
    assert await finds(village, amara, "brambling") == [document["id"]]
    assert (await village.program(gareth).delete(path)).status_code == 204
    assert await found(village, gareth, "brambling") == []
    await indexed(village)
    async with village.state.database.read() as connection:
        left = select(search_rows.c.id).where(search_rows.c.object_id == document["id"])
        assert (await connection.execute(left)).all() == []
    assert (await village.program(gareth).post(f"{path}/restoration")).status_code == 200
    assert await finds(village, amara, "brambling") == [document["id"]]


async def test_what_is_narrowed_is_found_by_moderators(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    made = await village.program(amara).post(
        f"/api/v1/networks/{place.slug}/folders", json={"name": "Apart", "narrowed": True}
    )
    document = await share(village, amara, place, "Hawfinches", folder=made.json()["id"])
    assert await finds(village, amara, "hawfinch") == [document["id"]]
    hidden = await ask(village, gareth, "hawfinch")
    assert (hidden["items"], hidden["corrected"]) == ([], [])
    assert (await ask(village, gareth, "hawfinh"))["corrected"] == []
    folder = f"/api/v1/folders/{made.json()['id']}"
    assert (await village.program(amara).patch(folder, json={"narrowed": False})).status_code == 200
    await indexed(village)
    await read_all_over(village)
    assert await found(village, gareth, "hawfinch") == [document["id"]]
