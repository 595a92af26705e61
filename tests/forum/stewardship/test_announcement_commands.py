"""What an administrator tells all members: on their pages, by mail, live; a few times a week, and to nobody else."""

import asyncio
from html import unescape

from forum.mailing import Letter
from forum.sending import compose
from forum.stewardship.announcement_commands import let_announcements_rest
from forum.stewardship.worker import LETTERS
from tests.forum.threads.village import Village, Villager

WORDS = {"title": "The line is down <today>", "body": "Until **noon**. Ask me."}


async def test_members_are_told_until_they_put_it_away(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    for access in ("closed", "open"):
        place = await village.network(amara, [gareth, priya], access=access)
        path = f"/networks/{place.slug}"
        answer = await village.browser(amara).post(f"{path}/announcements", data=WORDS | {"key": "k1"})
        again = await village.browser(amara).post(f"{path}/announcements", data=WORDS | {"key": "k1"})
        assert (answer.status_code, again.status_code) == (303, 303)
        told = (await village.program(priya).get(f"/api/v1{path}/announcements")).json()["items"]
        assert [each["title"] for each in told] == [WORDS["title"]]
        for page in ("/", path, f"{path}/announcements"):
            shown = (await village.browser(gareth).get(page)).text
            assert WORDS["title"] in unescape(shown), page
            assert "<today>" not in shown
            assert WORDS["title"] not in unescape((await village.browser(maeve).get(page)).text), page
            assert WORDS["title"] not in unescape((await village.browser().get(page)).text), page
            # Who says it has read it: it stands in the list of what was announced, and nowhere else.
            own = unescape((await village.browser(amara).get(page)).text)
            assert (WORDS["title"] in own) == page.endswith("/announcements"), page
        reading = f"{path}/announcements/{told[0]['id']}/reading"
        for _ in range(2):
            assert (await village.browser(gareth).post(reading, data={"back": "home"})).headers["location"] == "/"
        assert WORDS["title"] not in unescape((await village.browser(gareth).get(path)).text)
        assert WORDS["title"] in unescape((await village.browser(priya).get(path)).text)
        assert (await village.browser(maeve).post(reading, data={})).status_code == (404 if access == "closed" else 403)
        elsewhere = await village.network(amara, [priya])
        moved = reading.replace(place.slug, elsewhere.slug)
        assert (await village.browser(priya).post(moved, data={})).status_code == 404


async def test_so_many_a_week_and_no_more(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    path = f"/api/v1/networks/{place.slug}/announcements"
    program = village.program(amara)
    answers = await asyncio.gather(*(program.post(path, json=WORDS) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 429, 429, 429]
    assert all(int(each.headers["retry-after"]) > 500_000 for each in answers if each.status_code == 429)
    page = (await village.browser(amara).get(f"/networks/{place.slug}/announcements")).text
    assert "You have made all of this week" in page
    late = await village.browser(amara).post(f"/networks/{place.slug}/announcements", data=WORDS)
    assert (late.status_code, WORDS["body"] in late.text) == (429, True)
    assert (await village.program(gareth).post(path, json=WORDS)).status_code == 403
    assert (await program.patch(path, json={"weekly": 3})).json() == {"weekly": 3}
    assert (await program.post(path, json=WORDS)).status_code == 201
    assert (await program.patch(path, json={"weekly": 0})).status_code == 200
    assert (await program.post(path, json=WORDS)).status_code == 403
    for wrong in ({"title": "", "body": "x"}, {"title": "x", "body": " "}, {"title": "x", "body": "y" * 10_001}):
        assert (await program.post(path, json=wrong)).status_code == 422


async def test_a_mail_says_what_may_leave_the_network(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    for access in ("closed", "open"):
        place = await village.network(amara, [gareth], access=access)
        path = f"/api/v1/networks/{place.slug}/announcements"
        made = (await village.program(amara).post(path, json=WORDS)).json()["id"]
        reference = {"letter": "announcement", "network_id": place.id, "account_id": gareth.id}
        reference["announcement_id"] = made
        async with village.state.transaction() as tx:
            letter = await LETTERS["announcement"](village.state, tx, reference)
        assert letter is not None
        assert (WORDS["title"] in letter.subject) == (access == "open")
        assert bool(letter.context["body"]) == (access == "open")
        await village.remove(place.id, gareth)
        async with village.state.transaction() as tx:
            assert await LETTERS["announcement"](village.state, tx, reference) is None


async def test_whoever_has_stopped_mail_reads_it_on_the_pages(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    path = f"/api/v1/networks/{place.slug}/announcements"
    made = (await village.program(amara).post(path, json=WORDS)).json()["id"]

    async def letter_to(person: Villager) -> Letter | None:
        reference = {"letter": "announcement", "network_id": place.id, "account_id": person.id}
        async with village.state.transaction() as tx:
            return await LETTERS["announcement"](village.state, tx, reference | {"announcement_id": made})

    letter = await letter_to(gareth)
    assert letter is not None
    mail = compose(letter, village.state.settings, village.state.templates, "x")
    assert mail["List-Unsubscribe"] == f"<{letter.stopping}>"
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            assert letter.stopping in part.get_content()
    stopping = letter.stopping.removeprefix(village.state.settings.public_url)
    one_click = await village.program().post(stopping, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert await letter_to(gareth) is None
    assert WORDS["title"] in unescape((await village.browser(gareth).get(f"/networks/{place.slug}")).text)
    wish = await village.program(priya).put("/api/v1/me/notifications/settings", json={"mail": "never"})
    assert wish.status_code == 200
    assert await letter_to(priya) is None


async def test_pages_look_for_announcements_no_longer_than_there_are_any(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    await village.program(amara).post(f"/api/v1/networks/{place.slug}/announcements", json=WORDS)
    await let_announcements_rest(village.state)
    place_of = (await village.viewer(gareth)).place_in(place.id)
    assert place_of is not None
    assert place_of.is_announcing
