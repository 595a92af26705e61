"""The forms without scripts: what is prefilled, what is kept when something is wrong, and two who change it at once."""

import re

from tests.forum.documents.shelf import share
from tests.forum.knowledge.deck import WORDS, ask, make, read
from tests.forum.threads.village import Village


def _field(page: str, name: str) -> str:
    found = re.search(rf'<(?:input|textarea)[^>]* name="{name}"[^>]*?(?: value="([^"]*)"|>\n?([^<]*)<)', page)
    assert found, name
    return found[1] or found[2] or ""


async def test_of_a_source_only_the_title_is_taken_and_only_where_all_read_it(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place, "Falls <at> night", "Mrs M fell again.")
    post = await village.reply(gareth, place, thread, "She is better now.")
    browser, new = village.browser(gareth), f"/networks/{place.slug}/knowledge/new"
    assert f"{new}?thread={thread}" in (await browser.get(f"/threads/{thread}")).text
    assert f"{new}?post={post}" in (await browser.get(f"/posts/{post}/actions")).text
    for source in (f"thread={thread}", f"post={post}"):
        page = (await browser.get(f"{new}?{source}")).text
        assert _field(page, "title") == "Falls &lt;at&gt; night"
        assert "better now" not in page
        assert "Mrs M" not in page
    folder = {"name": "Complaints", "narrowed": True}
    apart = (await ask(village, amara, "POST", f"/networks/{place.slug}/folders", folder)).json()["id"]
    document = (await share(village, amara, place, "Complaint of Mrs M", folder=apart))["id"]
    page = (await village.browser(amara).get(f"{new}?document={document}")).text
    assert _field(page, "title") == ""
    assert f'href="/documents/{document}"' in page
    assert "Mrs M" not in (await browser.get(f"{new}?document={document}")).text


async def test_what_was_typed_stays_and_the_same_form_makes_one(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/networks/{place.slug}/knowledge"
    typed = {**WORDS, "problem": " ", "result": "Kept <words>", "review_on": "soon"}
    refused = await browser.post(path, data=typed)
    assert refused.status_code == 422
    assert "Say what the problem was." in refused.text
    assert "Write a day as" in refused.text
    assert _field(refused.text, "result") == "Kept &lt;words&gt;"
    key = {**WORDS, "key": "once"}
    first, second = await browser.post(path, data=key), await browser.post(path, data=key)
    assert (first.status_code, first.headers["location"]) == (303, second.headers["location"])
    other = await browser.post(path, data={**key, "title": "Other words"})
    assert (other.status_code, _field(other.text, "title")) == (422, "Other words")
    assert len((await read(village, amara, f"/networks/{place.slug}/cards")).json()["items"]) == 1


async def test_who_writes_what_looks_like_a_patient_is_warned_once(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/networks/{place.slug}/knowledge"
    typed = {**WORDS, "problem": "Patient 943 476 5919 fell.", "key": "warned"}
    warned = await browser.post(path, data=typed)
    assert (warned.status_code, "an NHS number" in warned.text) == (422, True)
    assert _field(warned.text, "problem") == typed["problem"]
    assert 'name="looked_again" value="problem"' in warned.text
    assert (await browser.post(path, data={**typed, "looked_again": "problem"})).status_code == 303
    said = await ask(village, amara, "POST", f"/networks/{place.slug}/cards", {**WORDS, "done": typed["problem"]})
    assert (said.status_code, "nhs_number" in said.headers["content-warning"]) == (201, True)


async def test_two_who_change_it_at_once_lose_nothing(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    path = f"/cards/{(await make(village, gareth, place))['id']}"
    form = (await village.browser(gareth).get(f"{path}/edit")).text
    version = _field(form, "version")
    mine = {**WORDS, "done": "What Gareth typed", "version": version}
    assert (await ask(village, amara, "PATCH", path, {"done": "What Amara saved"})).status_code == 200
    refused = await village.browser(gareth).post(f"{path}/edit", data=mine)
    assert refused.status_code == 409
    assert _field(refused.text, "done") == "What Gareth typed"
    assert "What Amara saved" in refused.text
    again = {**mine, "version": _field(refused.text, "version")}
    assert (await village.browser(gareth).post(f"{path}/edit", data=again)).status_code == 303
    wordings = (await read(village, amara, f"{path}/wordings")).json()["items"]
    assert [each["done"] for each in wordings] == ["What Gareth typed", "What Amara saved", WORDS["done"]]


async def test_a_moderator_keeps_what_it_said_before(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    path = f"/cards/{(await make(village, gareth, place, problem='Mrs M fell'))['id']}"
    hidden = {"problem": "Somebody fell", "hide_earlier": True}
    assert (await ask(village, gareth, "PATCH", path, hidden)).status_code == 403
    form = {**WORDS, "problem": "Somebody fell", "hide_earlier": "yes"}
    assert (await village.browser(amara).post(f"{path}/edit", data=form)).status_code == 303
    for person, count in ((gareth, 1), (amara, 2)):
        assert len((await read(village, person, f"{path}/wordings")).json()["items"]) == count
    assert (await village.browser(gareth).get(f"{path}/wordings/1")).status_code == 404
