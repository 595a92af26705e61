"""What stays as it is when documents become for moderators only is said to who does it."""

from tests.forum.documents.shelf import replace, share
from tests.forum.documents.test_folder_commands import change, make
from tests.forum.threads.village import Village


async def test_that_the_talk_stays_open_is_said(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    folder = await make(village, amara, place, "Plans")
    inner = await make(village, amara, place, "Works", folder)
    document = await share(village, gareth, place, "Plan of works", folder=inner)
    path = f"/documents/{document['id']}"
    fields = {"title": "Plan of works <b>", "body": "Late?", "about": document["id"], "act": "post"}
    made = await village.browser(gareth).post(f"/networks/{place.slug}/threads", data=fields)
    assert made.status_code == 303, made.text
    link = f'<a href="{made.headers["location"]}">Plan of works &lt;b&gt;</a>'
    browser = village.browser(amara)
    form = (await browser.get(f"/folders/{folder}/edit")).text
    assert "one thread that all members read" in form.lower()
    assert link in form
    assert "All members read this thread" not in (await browser.get(path)).text
    assert "data-staying" not in (await village.browser(gareth).get(f"{path}/edit")).text
    assert await change(village, amara, folder, narrowed=True) == 200
    assert "All members read this thread" in (await browser.get(path)).text
    form = (await browser.get(f"{path}/edit")).text
    assert "What was said beside this document stays where it is" in form
    assert link in form
    assert (await village.browser(gareth).get(path)).status_code == 404
    assert (await village.browser(gareth).get(f"{path}/edit")).status_code == 404


async def test_a_folder_says_what_lies_directly_in_it(village: Village) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    folder = await make(village, amara, place, "Plans")
    await make(village, amara, place, "Works", folder)
    library = f"/networks/{place.slug}/documents"
    assert "<span>one folder</span>" in (await village.browser(amara).get(library)).text
    await share(village, amara, place, folder=folder)
    assert "<span>one folder, one document</span>" in (await village.browser(amara).get(library)).text


async def test_a_base_that_is_yet_to_come_is_wrong(village: Village) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    document = await share(village, amara, place)
    answer = await replace(village, amara, document, 99)
    assert answer.status_code == 422
    assert "There is no version 99. The newest is 1." in answer.text
