"""A document is talked about in one thread of its network, which its page leads to."""

import re

from tests.forum.documents.shelf import read, replace, share
from tests.forum.threads.village import Village, Villager


async def test_it_is_talked_about_in_one_thread(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place, "Doses [new] <b>")
    path, browser = f"/documents/{document['id']}", village.browser(gareth)
    begin = f"/networks/{place.slug}/threads/new?about={document['id']}"
    assert begin in (await browser.get(path)).text
    form = (await browser.get(begin)).text
    assert f'name="about" value="{document["id"]}"' in form
    assert f"{path}/versions/1):" in form  # which version it is stands behind the link
    body = f"About [it]({village.url}{path}/versions/1):\n\nIs the third line right?"
    fields = {"title": document["title"], "body": body, "about": document["id"], "act": "post"}
    made = await browser.post(f"/networks/{place.slug}/threads", data=fields)
    assert made.status_code == 303, made.text
    thread = made.headers["location"].removeprefix("/threads/")
    assert (await read(village, amara, path)).json()["thread_id"] == thread
    page = (await village.browser(amara).get(path)).text
    assert "Is the third line right?" in page
    assert f'data-discussion="{thread}"' in page.partition('<aside class="beside"')[2]
    assert '<a href="#talk">' in page.partition("</article>")[0]
    assert "One post about it</a>" in page
    await replace(village, amara, document, 1)
    shown = (await browser.get(f"/threads/{thread}")).text
    link = re.search(rf'href="([^"]*{path}/versions/1)"', shown)
    assert link
    assert "An older version: 1 of 2" in (await browser.get(f"{path}/versions/1")).text
    again = await browser.post(f"/networks/{place.slug}/threads", data={**fields, "title": "Another"})
    assert again.status_code == 403
    assert "Somebody has begun to talk" in again.text
    assert (await browser.get(begin)).headers["location"] == f"/threads/{thread}"
    listed = (await read(village, amara, f"/networks/{place.slug}/threads")).json()["items"]
    assert len(listed) == 1
    assert (await village.browser(maeve).get(begin)).status_code == 404


async def test_what_only_moderators_see_has_no_thread(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place, other = await village.network(amara, [gareth]), await village.network(gareth)
    folder = await village.program(amara).post(
        f"/api/v1/networks/{place.slug}/folders", json={"name": "Closed", "narrowed": True}
    )
    document = await share(village, amara, place, folder=folder.json()["id"])
    page = (await village.browser(amara).get(f"/documents/{document['id']}")).text
    assert "Begin to talk" not in page
    assert "Only moderators see this document, and a thread is read by everybody here" in page
    for person, slug in ((amara, place.slug), (gareth, place.slug), (gareth, other.slug)):
        begin = f"/networks/{slug}/threads/new?about={document['id']}"
        assert (await village.browser(person).get(begin)).status_code == 404
        fields = {"title": "About", "body": "Words", "about": document["id"]}
        assert (await village.browser(person).post(f"/networks/{slug}/threads", data=fields)).status_code == 404


async def test_a_thread_begun_about_a_document_leads_back_to_it(village: Village) -> None:
    """Also where its first post cites nothing; but only for those who may read the document."""
    amara, gareth = await village.people("Amara", "Gareth")
    place, other = await village.network(amara, [gareth]), await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Doses <b>")
    fields = {"title": "A question", "body": "Is it right?", "about": document["id"], "act": "post"}
    made = await village.browser(gareth).post(f"/networks/{place.slug}/threads", data=fields)
    path, program = made.headers["location"], village.program(amara)
    link = f'About the document <a href="/documents/{document["id"]}">Doses &lt;b&gt;</a>'

    async def sees(person: Villager | None) -> bool:
        return link in (await village.browser(person).get(path)).text

    assert [await sees(person) for person in (amara, gareth)] == [True, True]
    folder = await program.post(f"/api/v1/networks/{place.slug}/folders", json={"name": "Ours", "narrowed": True})
    moved = {"folder": folder.json()["id"]}
    assert (await program.patch(f"/api/v1/documents/{document['id']}", json=moved)).status_code == 200
    assert [await sees(person) for person in (amara, gareth)] == [True, False]
    assert "Doses" not in (await village.browser(gareth).get(path)).text
    assert (await program.patch(f"/api/v1/documents/{document['id']}", json={"folder": None})).status_code == 200
    opened = {"access": "open", "confirm": place.name, "with_past": True}
    assert (await program.patch(f"/api/v1/networks/{place.slug}", json=opened)).status_code == 200
    assert [await sees(person) for person in (amara, gareth, None)] == [True, True, True]
    elsewhere = {"network": other.slug, "reason": "It belongs there"}
    assert (await program.post(f"/api/v1{path}/move", json=elsewhere)).status_code == 200
    assert [await sees(person) for person in (amara, gareth)] == [False, False]
