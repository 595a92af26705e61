"""All settings in one place, each saying how it stands; and a change of who may see it, said before it is made."""

import re
from html import unescape

from tests.forum.documents.shelf import share
from tests.forum.knowledge.deck import make
from tests.forum.threads.village import Village


async def test_settings_say_how_things_stand(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    path = f"/networks/{place.slug}"
    page = (await village.browser(amara).get(f"{path}/settings")).text
    for words in ("Two members: one administrator", "name another administrator first", "Only members read"):
        assert words in page
    for way in (
        "settings/look",
        "mail",
        "access",
        "seen",
        "announcements",
        "numbers",
        "archive",
        "deletion",
        "members",
    ):
        assert f'href="{path}/{way}"' in page
        assert (await village.browser(amara).get(f"{path}/{way}")).status_code == 200
    assert (await village.browser(gareth).get(f"{path}/settings")).status_code == 403


async def test_what_a_change_shows_to_whom_is_said_before(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth])
    await village.thread(gareth, place)
    await village.program(priya).put(f"/api/v1/networks/{place.slug}/members/me", json={"words": "May I?"})
    browser, path = village.browser(amara), f"/networks/{place.slug}/access"
    page = (await browser.get(path)).text
    assert "Nothing changes yet" in page
    assert 'name="confirm"' not in page
    opening = unescape((await browser.get(f"{path}?access=open")).text)
    for words in (
        "one thread with one post",
        "who its two members are",
        "One person who has asked",
        "written before, too",
    ):
        assert words in opening, words
    hiding = unescape((await browser.get(f"{path}?access=secret")).text)
    for words in ("It gets a new address", "no longer in the directory", "One person who waits to be admitted"):
        assert words in hiding, words
    assert "written before, too" not in hiding
    assert "Nothing changes yet" in (await browser.get(f"{path}?access=closed")).text  # it is that already
    assert "Nothing changes yet" in (await browser.get(f"{path}?access=%3Cb%3E")).text
    await browser.post(path, data={"access": "open", "confirm": place.name, "past": "yes"})
    closing = unescape((await browser.get(f"{path}?access=closed")).text)
    assert "can no longer read one thread" in closing


async def test_documents_and_cards_are_counted_too_and_what_was_moved_away_is_not(village: Village) -> None:
    """What is said of them before a network is opened, closed again or deleted, and how it turns out."""
    amara, gareth = await village.people("Amara", "Gareth")
    place, other = await village.network(amara, [gareth]), await village.network(amara)
    await village.thread(gareth, place)
    moved = await village.thread(amara, place)
    elsewhere = {"network": other.slug, "reason": "It belongs there"}
    left = await village.program(amara).post(f"/api/v1/threads/{moved}/move", json=elsewhere)
    assert left.status_code == 200, left.text
    papers = [await share(village, amara, place, title=f"Pathway {n}") for n in range(2)]
    folder = await village.program(amara).post(f"/api/v1/networks/{place.slug}/folders", json={"name": "Ours"})
    await village.program(amara).patch(f"/api/v1/folders/{folder.json()['id']}", json={"narrowed": True})
    await share(village, amara, place, title="Ours alone", folder=folder.json()["id"])
    await make(village, amara, place)
    browser, path = village.browser(amara), f"/networks/{place.slug}"
    opening = unescape((await browser.get(f"{path}/access?access=open")).text)
    for words in (
        "(one thread with one post, two documents and one card), you choose below",
        "What only moderators see (one document) stays with them.",
        "Without this, threads, documents and cards that exist today stay with the members of today",
        "Nobody can change the documents and cards any more",
    ):
        assert words in opening, words
    going = unescape((await browser.get(f"{path}/deletion")).text)
    assert "everything in it (one thread with one post, three documents and one card), the list" in going
    await browser.post(f"{path}/access", data={"access": "open", "confirm": place.name})
    title = {"title": "Another"}
    refused = await village.program(amara).patch(f"/api/v1/documents/{papers[0]['id']}", json=title)
    assert (refused.status_code, "nobody changes it" in refused.text) == (403, True)
    assert (await village.browser(None).get(f"/documents/{papers[0]['id']}")).status_code == 404
    await share(village, amara, place, title="For all")
    closing = unescape((await browser.get(f"{path}/access?access=closed")).text)
    assert "can no longer read one document: today they can" in closing


async def test_what_opens_with_the_past_is_read_by_everybody(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    paper = await share(village, amara, place)
    browser, path = village.browser(amara), f"/networks/{place.slug}/access"
    opening = unescape((await browser.get(f"{path}?access=open")).text)
    assert "Without this, documents that exist today stay" in opening
    assert "threads" not in opening.partition("Without this")[2].partition("</span>")[0]
    await browser.post(path, data={"access": "open", "confirm": place.name, "past": "yes"})
    assert (await village.browser(None).get(f"/documents/{paper['id']}")).status_code == 200


async def test_a_change_that_was_shown_of_another_state_is_shown_anew(village: Village) -> None:
    """What was shown narrowed an open network; meanwhile another administrator made it secret."""
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth], access="open")
    program = village.program(amara)
    path = f"/api/v1/networks/{place.slug}/members/{gareth.id}"
    assert (await program.patch(path, json={"role": "administrator"})).status_code == 200
    shown = (await village.browser(amara).get(f"/networks/{place.slug}/access?access=closed")).text
    (version,) = re.findall(r'name="version" value="(\d+)"', shown)
    said = {"access": "secret", "confirm": place.name}
    changed = await village.program(gareth).patch(f"/api/v1/networks/{place.slug}", json=said)
    assert changed.status_code == 200
    now_at = f"/networks/{changed.json()['slug']}/access"
    sent = {"access": "closed", "confirm": place.name, "version": version}
    again = await village.browser(amara).post(now_at, data=sent)
    assert again.status_code == 409
    assert "From secret to closed" in again.text
    assert "it is secret now" in again.text
    assert (await village.browser(None).get(now_at.removesuffix("/access"))).status_code == 404
    (version,) = re.findall(r'name="version" value="(\d+)"', again.text)
    assert (await village.browser(amara).post(now_at, data=sent | {"version": version})).status_code == 303


async def test_the_preview_of_access_says_what_mails_carry_and_nothing_of_no_threads(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/networks/{place.slug}/access"
    opening = unescape((await browser.get(f"{path}?access=open")).text)
    assert "They carry what is written here." in opening
    assert "They carry" not in unescape((await browser.get(f"{path}?access=secret")).text)
    await browser.post(path, data={"access": "open", "confirm": place.name})
    closing = unescape((await browser.get(f"{path}?access=closed")).text)
    assert "They say who wrote, and no longer what." in closing
    assert "does not read what is written from now on" in closing
    assert "no threads" not in closing
    await browser.post(f"/networks/{place.slug}/mail", data={"content": "yes"})
    assert "They say who wrote" not in (await browser.get(f"{path}?access=closed")).text


async def test_an_archived_network_offers_no_form_that_would_be_refused(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    browser, path = village.browser(amara), f"/networks/{place.slug}"
    await browser.post(f"{path}/joining-link", data={"uses": "2", "days": "7", "way": "member"})
    await browser.post(f"{path}/archive", data={"archived": "yes"})
    for page in ("/invitations/new", "/invitations", "/joining-link"):
        shown = unescape((await browser.get(f"{path}{page}")).text)
        assert "nobody is invited and nobody joins" in shown, page
        for form in ('name="emails"', 'name="uses"', '/invitations/new"', "joining-link/reset"):
            assert form not in shown, (page, form)
    typed = await browser.post(f"{path}/invitations/new", data={"emails": "ann@example.org, ben@example.org"})
    assert (typed.status_code, "ann@example.org" in typed.text) == (403, True)
    preview = unescape((await browser.get(f"{path}/access?access=open")).text)
    assert "can still be changed" in preview
    for untrue in ("People join", "is written from now on", "write as before", "new threads"):
        assert untrue not in preview
    assert (await browser.post(f"{path}/access", data={"access": "open", "confirm": place.name})).status_code == 303
