"""A post cites a version of a document: who may read that sees which it is and whether a newer one came."""

from tests.forum.documents.shelf import replace, share
from tests.forum.search.finding import finds, found
from tests.forum.threads.village import Village


async def test_a_cited_version_says_when_a_newer_one_came(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Falls & trips")
    thread = await village.thread(amara, place, "Of falls", "Which of them?")
    path = f"/threads/{thread}"
    form = (await village.browser(amara).get(f"{path}?cite={document['id']}/1")).text
    assert f"/documents/{document['id']}/versions/1): </textarea>" in form
    assert "[Falls &amp; trips](" in form or "[Falls \\&amp; trips](" in form
    for odd in (f"{document['id']}/2", f"{document['id']}/0", f"{document['id']}/x", "x/1", thread + "/1"):
        assert (await village.browser(amara).get(f"{path}?cite={odd}")).status_code == 404, odd
    link = f"{village.url}/documents/{document['id']}/versions/1"
    post = await village.reply(amara, place, thread, f"As [they say]({link}) it is. And {link} again.")
    page = await village.browser(gareth).get(path)
    assert (
        page.text.count(f'<span class="cited" data-cited="{document["id"]}" data-version="1"> (as of version 1)') == 2
    )
    assert f'As <a href="{link}"' in page.text
    assert ">they say</a><span" in page.text
    tag = page.headers["etag"]
    unchanged = await village.browser(gareth).get(path, headers={"If-None-Match": tag})
    assert (await replace(village, gareth, document, 1)).status_code == 201
    changed = await village.browser(gareth).get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200, unchanged.status_code
    newer = f'(as of version 1, <a href="/documents/{document["id"]}">version 2 came since</a>)'
    assert changed.text.count(newer) == 2
    assert await finds(village, gareth, "has:document", kind="post", network=place.slug) == [post]
    assert await found(village, gareth, "has:document", kind="thread", network=place.slug) == []


async def test_who_may_not_read_it_is_told_nothing(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    other = await village.network(amara)
    folders = f"/api/v1/networks/{place.slug}/folders"
    apart = (await village.program(amara).post(folders, json={"name": "Apart", "narrowed": True})).json()["id"]
    hidden, far = await share(village, amara, place, folder=apart), await share(village, amara, other)
    plain = await share(village, amara, place)
    thread = await village.thread(amara, place, "Of falls", "Which of them?")
    links = [f"{village.url}/documents/{each['id']}/versions/1" for each in (hidden, far, plain)]
    elsewhere = links[2].replace(village.url, "https://elsewhere.example")
    await village.reply(amara, place, thread, "\n\n".join([*links, elsewhere, links[2].replace("/1", "/9"), "Words"]))
    path = f"/threads/{thread}"
    assert (await village.browser(amara).get(path)).text.count('class="cited"') == 3
    seen = (await village.browser(gareth).get(path)).text
    assert seen.count('class="cited"') == 1
    assert f'data-cited="{plain["id"]}"' in seen
    for each in (hidden, far):
        cited = await village.browser(gareth).get(f"{path}?cite={each['id']}/1")
        assert cited.status_code == 404
    assert (await village.browser(amara).get(f"{path}?cite={hidden['id']}/1")).status_code == 404  # not for all there
    await village.program(amara).delete(f"/api/v1/documents/{plain['id']}")
    assert 'class="cited"' not in (await village.browser(gareth).get(path)).text
