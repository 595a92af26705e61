"""Whoever hides the first post of a thread sees its title, and changes it in the same act."""

import secrets

from forum.tables import audit_words
from tests.forum.moderation.hall import column, logged_about, open_hall
from tests.forum.threads.village import Village


async def test_the_page_shows_the_title_and_changes_it_with_the_hiding(village: Village) -> None:
    hall, name = await open_hall(village, "open"), f"Quillfeather{secrets.token_hex(4)}"
    thread = await village.thread(hall.gareth, hall.place, f"{name} goes home", f"Mr {name} may go home.")
    first = (await hall.do(hall.maeve, "GET", f"/threads/{thread}/posts"))["items"][0]["id"]
    page = village.browser(hall.priya)
    form = (await page.get(f"/posts/{first}/hiding")).text
    assert f'value="{name} goes home"' in form
    assert 'name="title"' not in (await page.get(f"/posts/{hall.post}/hiding")).text
    typed = {"rule": "patient_data", "reason": "It names a patient.", "title": "Somebody goes home"}
    long = await page.post(f"/posts/{first}/hiding", data={**typed, "title": "x" * 201})
    assert (long.status_code, "201 characters" in long.text) == (422, True)
    assert (await page.post(f"/posts/{first}/hiding", data=typed)).status_code == 303
    assert (await hall.do(None, "GET", f"/threads/{thread}"))["title"] == "Somebody goes home"
    assert name not in (await village.browser().get(f"/networks/{hall.place.slug}")).text
    assert [row.act for row in await hall.stored(logged_about(thread))] == ["thread.retitle"]
    assert not [row for row in await hall.stored(column(audit_words, "word")) if name in row.word]


async def test_by_program_too_and_the_same_title_changes_nothing(village: Village) -> None:
    hall = await open_hall(village)
    body = {"rule": "patient_data", "reason": "It names a patient.", "title": "Another"}
    refused = await hall.ask(hall.priya, "POST", f"/posts/{hall.post}/hiding", body)
    assert (refused.status_code, "does not begin its thread" in refused.text) == (422, True)
    first = (await hall.do(hall.maeve, "GET", f"/threads/{hall.thread}/posts"))["items"][0]["id"]
    await hall.do(hall.priya, "POST", f"/posts/{first}/hiding", {**body, "title": "Night rota"})
    assert await hall.stored(logged_about(hall.thread)) == []
