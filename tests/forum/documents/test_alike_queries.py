"""Who shares a paper that is here already is told so on its page, as far as they may know, and makes it a version."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from forum.tables import documents
from ground.columns import now
from tests.forum.documents.shelf import Object, read, replace, share, some_bytes
from tests.forum.documents.test_archive_pages import folder
from tests.forum.documents.test_sharing_pages import hidden, send
from tests.forum.threads.village import Village, Villager

TOLD = re.compile(
    r'data-alike="([^"]+)">.*?</a> in this network has the same (content|file name)\.(.*?)</p>', re.DOTALL
)
OFFER = "Make this a new version of it"


async def told(village: Village, person: Villager | None, document: Object) -> tuple[str, str, str] | None:
    """What the page says to this person: of which document, what is the same, and what stands beside it."""
    page = await village.browser(person).get(f"/documents/{document['id']}")
    assert page.status_code == 200
    found = TOLD.search(page.text)
    return (found[1], found[2], found[3]) if found else None


async def withdraw(village: Village, person: Villager, document: Object) -> None:
    answer = await village.program(person).request("DELETE", f"/api/v1/documents/{document['id']}")
    assert answer.status_code == 204, answer.text


async def test_the_same_bytes_are_told_to_who_shared_them_last(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place, data = await village.network(amara, [gareth]), some_bytes()
    first = await share(village, amara, place, "Rota", data=data)
    second = await share(village, gareth, place, "The rota again", data=data)
    found = await told(village, gareth, second)
    assert found is not None
    assert found[:2] == (first["id"], "content")
    assert f'href="/documents/{second["id"]}/withdrawal"' in found[2]
    assert OFFER not in found[2]
    assert await told(village, amara, second) is None
    assert await told(village, amara, first) is None
    # A version of the first that is another paper is another content again.
    assert (await replace(village, amara, first, 1)).status_code == 201
    assert await told(village, gareth, second) is None


async def test_a_file_of_the_same_name_becomes_a_new_version(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place, data = await village.network(amara, [gareth]), some_bytes()
    first = await share(village, amara, place, "Rota")
    browser, fields = village.browser(gareth), {"title": "Rota (2)", "folder": "", "state": "current"}
    made = await send(browser, f"/networks/{place.slug}/documents", fields, ("Pathway.PDF", data))
    second = (await read(village, gareth, made.headers["location"])).json()
    found = await told(village, gareth, second)
    assert found is not None
    assert found[:2] == (first["id"], "file name")
    path = f"/documents/{first['id']}"
    offered = f"{path}/versions/new?instead={second['id']}"
    assert f'href="{offered}">{OFFER}' in found[2]
    form = (await browser.get(offered)).text
    assert "Pathway.PDF" in form
    assert "is withdrawn when you share it here" in form
    fields = {name: hidden(form, name) for name in ("key", "base", "held_file", "instead")}
    # Without a word about what is new it comes back with all of it.
    refused = await send(browser, f"{path}/versions", {**fields, "note": ""}, None)
    assert (refused.status_code, hidden(refused.text, "instead")) == (422, second["id"])
    for _ in range(2):  # a second click changes nothing
        shared = await send(browser, f"{path}/versions", {**fields, "note": "New names"}, None)
        assert (shared.status_code, shared.headers["location"]) == (303, path)
    assert (await browser.get(f"{path}/file")).content == data
    gone = (await read(village, gareth, f"/documents/{second['id']}")).json()
    assert (gone["state"], gone["withdrawal_reason"]) == ("withdrawn", "Its file became a version of another document.")
    assert (await read(village, gareth, path)).json()["version_count"] == 2


async def test_with_another_file_the_document_stays(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    first, second = [await share(village, amara, place) for _ in range(2)]
    path, browser = f"/documents/{first['id']}", village.browser(amara)
    form = (await browser.get(f"{path}/versions/new?instead={second['id']}")).text
    fields = {name: hidden(form, name) for name in ("key", "base", "held_file", "instead")} | {"note": "Other"}
    assert (await send(browser, f"{path}/versions", fields, ("pathway.pdf", some_bytes()))).status_code == 303
    assert (await read(village, amara, f"/documents/{second['id']}")).json()["state"] == "current"


async def test_who_keeps_both_where_a_version_came_first_has_both(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    first, second = [await share(village, amara, place) for _ in range(2)]
    path, browser = f"/documents/{first['id']}", village.browser(amara)
    form = (await browser.get(f"{path}/versions/new?instead={second['id']}")).text
    assert (await replace(village, amara, first, 1)).status_code == 201
    fields = {name: hidden(form, name) for name in ("key", "base", "held_file", "instead")} | {"note": "Mine"}
    stale = await send(browser, f"{path}/versions", fields, None)
    assert stale.status_code == 409
    fields["instead"] = hidden(stale.text, "instead")
    apart = await send(browser, f"{path}/versions", {**fields, "base": "2", "act": "apart"}, None)
    assert apart.headers["location"] == f"/documents/{second['id']}"
    listed = (await read(village, amara, f"/networks/{place.slug}/documents")).json()["items"]
    assert {each["id"] for each in listed} == {first["id"], second["id"]}


async def test_nothing_is_told_of_what_one_may_not_see(village: Village) -> None:
    """A moderators' folder, another network, a withdrawn document: as if there were nothing, whatever is the same."""
    amara, gareth = await village.people("Amara", "Gareth")
    place, other = await village.network(amara, [gareth]), await village.network(amara)
    narrow, data = await folder(village, amara, place, "Staff", narrowed=True), some_bytes()
    hidden_one = await share(village, amara, place, data=data, folder=narrow)
    await share(village, amara, other, data=data)
    await withdraw(village, amara, await share(village, amara, place, data=data))
    mine = await share(village, gareth, place, data=data)
    assert await told(village, gareth, mine) is None
    page = await village.browser(gareth).get(f"/documents/{hidden_one['id']}/versions/new?instead={mine['id']}")
    assert page.status_code == 404
    # A moderator is told of it, once it is theirs.
    theirs = await share(village, amara, place, data=data)
    found = await told(village, amara, theirs)
    assert found is not None
    await withdraw(village, gareth, mine)
    found = await told(village, amara, theirs)
    assert found is not None
    assert found[0] == hidden_one["id"]


async def test_a_paper_of_the_moderators_is_not_offered_to_all(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    narrow = await folder(village, amara, place, "Staff", narrowed=True)
    first = await share(village, amara, place)
    second = await share(village, amara, place, folder=narrow)
    found = await told(village, amara, second)
    assert found is not None
    assert OFFER not in found[2]
    refused = await village.browser(amara).get(f"/documents/{first['id']}/versions/new?instead={second['id']}")
    assert refused.status_code == 403


@pytest.mark.parametrize("whose", ["others", "its own", "nothing"])
async def test_only_ones_own_paper_becomes_a_version(village: Village, whose: str) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    first, second = [await share(village, amara, place) for _ in range(2)]
    instead = {"others": second["id"], "its own": first["id"], "nothing": "x"}[whose]
    page = await village.browser(gareth).get(f"/documents/{first['id']}/versions/new?instead={instead}")
    assert page.status_code == 403
    form = (await village.browser(gareth).get(f"/documents/{first['id']}/versions/new")).text
    fields = {name: hidden(form, name) for name in ("key", "base")} | {"note": "Mine", "instead": instead}
    sent = await send(village.browser(gareth), f"/documents/{first['id']}/versions", fields, ("a.pdf", some_bytes()))
    assert sent.status_code == 303
    assert (await read(village, amara, f"/documents/{second['id']}")).json()["state"] == "current"


async def test_after_a_day_nothing_is_said(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    _, second = [await share(village, amara, place) for _ in range(2)]
    assert await told(village, amara, second) is not None
    async with village.state.database.write() as connection:
        values = {"created_at": now() - timedelta(days=1, minutes=1)}
        await connection.execute(update(documents).where(documents.c.id == second["id"]).values(**values))
    assert await told(village, amara, second) is None
