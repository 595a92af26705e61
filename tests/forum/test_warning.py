"""A reason that seems to name a patient is asked about once, as a post is, and then taken; a program is told."""

from forum.tables import acts
from tests.forum.moderation.hall import column, open_hall
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer

NHS = "Mrs Hale, 943 476 5919, is named here."


async def test_pages_ask_once_and_keep_what_was_typed(server: ConferServer) -> None:
    village: Village = open_village(server)
    hall = await open_hall(village)
    page, path = village.browser(hall.priya), f"/posts/{hall.post}/hiding"
    form = {"rule": "patient_data", "reason": NHS}
    warned = await page.post(path, data=form)
    assert (warned.status_code, "it held an NHS number" in warned.text, NHS in warned.text) == (422, True, True)
    assert 'name="looked_again"' in warned.text
    again = await page.post(path, data={**form, "looked_again": "reason", "rule": ""})
    assert (again.status_code, "NHS number" in again.text) == (422, False)
    assert (await page.post(path, data={**form, "looked_again": "reason"})).status_code == 303
    assert [row.reason for row in await hall.stored(column(acts, "reason").where(acts.c.post_id == hall.post))] == [NHS]
    await village.close()


async def test_a_program_is_told_by_a_header(server: ConferServer) -> None:
    village = open_village(server)
    hall = await open_hall(village)
    done = await hall.ask(hall.priya, "POST", f"/posts/{hall.post}/hiding", {"rule": "abuse", "reason": NHS})
    assert (done.status_code, done.headers["Content-Warning"]) == (201, "nhs_number")
    undone = await hall.ask(hall.priya, "POST", f"/acts/{done.json()['id']}/undo", {"reason": "It was kind."})
    assert "Content-Warning" not in undone.headers
    await village.close()


async def test_announcements_invitations_and_requests_are_asked_about_and_keep_their_words(
    server: ConferServer,
) -> None:
    village = open_village(server)
    hall = await open_hall(village)
    slug, page = hall.place.slug, village.browser(hall.amara)
    outsider, seen = village.browser(hall.olu), f"/networks/{slug}"
    assert (await page.post(f"{seen}/announcements/limit", data={"weekly": "7"})).status_code == 303
    asked = [
        (page, f"{seen}/announcements", {"title": "The list", "body": NHS, "key": "a"}, 303),
        (page, f"{seen}/announcements", {"title": NHS, "body": "Look.", "key": "b"}, 303),
        (page, f"{seen}/invitations/new", {"emails": "una@leith.example", "message": NHS, "act": "look"}, 200),
        (outsider, f"{seen}/membership", {"words": NHS}, 303),
    ]
    for browser, path, form, status in asked:
        warned = await browser.post(path, data=form)
        assert (warned.status_code, "it held an NHS number" in warned.text, NHS in warned.text) == (422, True, True)
        taken = await browser.post(path, data={**form, "looked_again": "words"})
        assert (taken.status_code, "it held an NHS number" in taken.text) == (status, False), path
    # What was looked at once is not asked about again on the way to being sent.
    preview = (await page.post(f"{seen}/invitations/new", data={**asked[2][2], "looked_again": "message"})).text
    assert NHS in preview
    sent = {"emails": "una@leith.example", "message": NHS, "role": "member", "days": "28", "key": "k"}
    assert (await page.post(f"{seen}/invitations", data=sent)).status_code == 303
    told = await hall.ask(hall.amara, "POST", f"{seen}/announcements", {"title": "Again", "body": NHS})
    assert (told.status_code, told.headers["Content-Warning"]) == (201, "nhs_number")
    await village.close()
