"""A title goes with the first post of its thread, by whichever door that is hidden, unless a moderator keeps it."""

import asyncio
import secrets
from typing import Any

from sqlalchemy import select

from forum.acts.erasing import erase_post
from forum.acts.titles import HIDDEN_TITLE
from forum.tables import audit_words, metadata, threads
from forum.text import ERASED
from tests.forum.moderation.hall import Hall, column, logged_about, open_hall
from tests.forum.threads.village import Village

WHY = {"reason": "It names a patient."}
DOORS = ("the hiding page", "the API", "the queue", "the API, deciding", "the API, removing")


async def begin(hall: Hall, name: str, body: str = "He may go home, the ward round said.") -> tuple[str, str]:
    """A thread of Gareth's whose title alone names somebody, and its first post."""
    thread = await hall.village.thread(hall.gareth, hall.place, f"{name} goes home", body)
    return thread, (await hall.do(hall.maeve, "GET", f"/threads/{thread}/posts"))["items"][0]["id"]


async def go_through(hall: Hall, door: str, first: str, **wish: Any) -> None:
    """Hide the post for patient data by this door."""
    page = hall.village.browser(hall.priya)
    typed = {name: "yes" if value is True else value for name, value in wish.items()}
    if door == "the hiding page":
        answer = await page.post(f"/posts/{first}/hiding", data={"rule": "patient_data", **WHY, **typed})
    elif door == "the API":
        answer = await hall.ask(hall.priya, "POST", f"/posts/{first}/hiding", {"rule": "patient_data", **WHY, **wish})
    else:
        await hall.report(hall.maeve, first, "abuse")
        await hall.report(hall.amara, first, "patient_data")
        (case,) = [each["id"] for each in await hall.cases(hall.priya) if each["post_id"] == first]
        act = "remove" if door == "the API, removing" else "hide"
        decision = {"decision": "agree", "act": act, "rule": "patient_data", **WHY}
        if door == "the queue":
            path = f"/networks/{hall.place.slug}/reports/{case}"
            form = (await page.get(path)).text
            assert '<option value="patient_data" selected>' in form  # the gravest word, though another came first
            assert 'name="keep_title"' in form
            answer = await page.post(f"{path}/decision", data={**decision, **typed})
        else:
            answer = await hall.ask(hall.priya, "POST", f"/reports/{case}/decision", {**decision, **wish})
    assert answer.status_code in (200, 201, 303), answer.text


async def places_with(hall: Hall, name: str) -> set[str]:
    """Columns of the database in which it stands."""
    found = set()
    async with hall.village.state.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(select(table))).mappings():
                found |= {f"{table.name}.{key}" for key, value in row.items() if name.lower() in str(value).lower()}
    return found


async def pages_with(hall: Hall, name: str, thread: str) -> list[str]:
    """What of lists, search, notifications and the log says it, to whoever may see most."""
    api = [f"/networks/{hall.place.slug}/threads", f"/threads/{thread}", f"/search?q={name}"]
    api += ["/me/notifications", f"/networks/{hall.place.slug}/log"]
    pages = ["/home", f"/networks/{hall.place.slug}", f"/threads/{thread}", "/notifications", "/reports"]
    pages += [f"/networks/{hall.place.slug}/log", f"/networks/{hall.place.slug}/reports?show=decided"]
    said = []
    for who in (hall.amara, hall.maeve, hall.gareth, hall.priya):
        for path in api:
            answer = (await hall.ask(who, "GET", path)).text
            said += [path] if f"{name} goes" in answer else []
        browser = hall.village.browser(who)
        for path in pages:
            said += [path] if name in (await browser.get(path)).text else []
    return said


async def test_by_every_door_the_title_is_hidden_everywhere_and_erased_in_time(village: Village) -> None:
    hall = await open_hall(village)
    for door in DOORS:
        name = f"Quillfeather{secrets.token_hex(4)}"
        thread, first = await begin(hall, name)
        await hall.do(hall.priya, "PATCH", f"/threads/{thread}", {"pinned": True, "reason": "Read this."})
        await hall.do(hall.maeve, "POST", f"/threads/{thread}/posts", {"body": f"Good news, @{hall.gareth.name}."})
        for _ in range(100):
            if (await hall.do(hall.maeve, "GET", f"/search?q={name}"))["items"]:
                break
            await asyncio.sleep(0.1)
        assert len(await pages_with(hall, name, thread)) > 8, door
        await go_through(hall, door, first)
        assert (await hall.do(hall.maeve, "GET", f"/threads/{thread}"))["title"] == HIDDEN_TITLE, door
        assert await pages_with(hall, name, thread) == [], door
        assert await places_with(hall, name) == {"threads.hidden_title"}, door
        assert (await hall.do(hall.maeve, "GET", f"/search?q={name}"))["items"] == []
        async with village.state.transaction() as tx:
            await erase_post(tx, None, first, "In time.")
        assert (await hall.do(hall.maeve, "GET", f"/threads/{thread}"))["title"] == ERASED, door
        assert await places_with(hall, name) == set(), door


async def test_what_a_moderator_keeps_or_gives_stays(village: Village) -> None:
    hall = await open_hall(village)
    for door in DOORS:
        name = f"Warfarin{secrets.token_hex(4)}"
        thread, first = await begin(hall, name, f"{name} goes to the patient of bed four.")
        await go_through(hall, door, first, keep_title=True)
        other, second = await begin(hall, name)
        await go_through(hall, door, second, title="Somebody goes home")
        for each, title in ((first, f"{name} goes home"), (second, "Somebody goes home")):
            async with village.state.transaction() as tx:
                await erase_post(tx, None, each, "In time.")
            where = thread if each == first else other
            assert (await hall.do(hall.maeve, "GET", f"/threads/{where}"))["title"] == title, door
        assert logged(await hall.stored(logged_about(other))) == ["thread.retitle"]
        words = await hall.stored(column(audit_words, "word"))
        assert not [row for row in words if name in row.word], door


def logged(rows: list[Any]) -> list[str]:
    """The names of acts."""
    return [row.act for row in rows]


async def test_undone_it_comes_back_but_not_over_another_nor_while_something_hides_it(village: Village) -> None:
    hall = await open_hall(village)
    thread, first = await begin(hall, "Quill")
    act = await hall.hide(hall.priya, first, "patient_data")
    for who, shown in ((hall.amara, "Quill goes home"), (hall.gareth, "")):  # who decides sees it, as the words
        assert (await hall.do(who, "GET", f"/acts/{act}"))["title_before"] == shown
    assert "Quill goes home" in (await village.browser(hall.priya).get(f"/acts/{act}")).text
    await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
    assert await title_of(hall, thread) == ("Quill goes home", "")
    act = await hall.hide(hall.priya, first, "patient_data")
    await hall.do(hall.gareth, "PATCH", f"/threads/{thread}", {"title": "Somebody goes home"})
    await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
    assert await title_of(hall, thread) == ("Somebody goes home", "")
    removal = {"decision": "agree", "act": "remove", "rule": "personal_data", **WHY}
    await hall.report(hall.maeve, first, "personal_data")
    (case,) = await hall.cases(hall.priya)
    decided = await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", removal)
    act = await hall.hide(hall.priya, first, "patient_data")
    await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
    assert await title_of(hall, thread) == (HIDDEN_TITLE, "Somebody goes home")
    await hall.do(hall.priya, "POST", f"/acts/{decided['act_id']}/undo", {})
    assert await title_of(hall, thread) == ("Somebody goes home", "")
    await hall.hide(hall.priya, first, "abuse")
    assert await title_of(hall, thread) == ("Somebody goes home", "")


async def title_of(hall: Hall, thread: str) -> tuple[str, str]:
    """How the thread is called, and was before that was hidden."""
    (row,) = await hall.stored(column(threads, "title", "hidden_title").where(threads.c.id == thread))
    return row.title, row.hidden_title


async def test_a_thread_that_begins_with_a_quote_comes_back_without_the_name(village: Village) -> None:
    hall = await open_hall(village)
    name = f"Quill{secrets.token_hex(4)}"
    thread, first = await begin(hall, name, "He may go home tomorrow at noon.")
    quote = "> He may go home tomorrow at noon.\n\nWhy?"
    named = await village.thread(hall.maeve, hall.place, f"Why does {name} go?", quote)
    plain = await village.thread(hall.maeve, hall.place, "Beds for this week", quote)
    await hall.hide(hall.priya, first, "patient_data")
    for each in (thread, named, plain):
        assert (await title_of(hall, each))[0] == HIDDEN_TITLE
    async with village.state.transaction() as tx:
        await erase_post(tx, None, first, "In time.")
    assert (await title_of(hall, named), await title_of(hall, plain)) == ((ERASED, ""), ("Beds for this week", ""))
    assert await places_with(hall, name) == set()


async def test_wishes_that_cannot_be_met_say_so(village: Village) -> None:
    hall = await open_hall(village)
    body = {"rule": "patient_data", **WHY}
    for wish in ({"title": "Another"}, {"keep_title": True}):
        refused = await hall.ask(hall.priya, "POST", f"/posts/{hall.post}/hiding", {**body, **wish})
        assert (refused.status_code, "does not begin its thread" in refused.text) == (422, True)
    _, first = await begin(hall, "Quill")
    both = await hall.ask(
        hall.priya, "POST", f"/posts/{first}/hiding", {**body, "title": "Another", "keep_title": True}
    )
    assert (both.status_code, "not both" in both.text) == (422, True)
    page = village.browser(hall.priya)
    form = (await page.get(f"/posts/{first}/hiding")).text
    assert ('name="keep_title"' in form, "Quill goes home" in form) == (True, True)
    assert 'name="title"' not in (await page.get(f"/posts/{hall.post}/hiding")).text
    long = await page.post(f"/posts/{first}/hiding", data={**body, "title": "x" * 201})
    assert (long.status_code, "201 characters" in long.text) == (422, True)
    await hall.report(hall.maeve, first)
    path = f"/networks/{hall.place.slug}/reports/{(await hall.cases(hall.priya))[0]['id']}"
    warning = {"decision": "agree", "act": "warn", **WHY, "title": "Another"}
    refused = await page.post(f"{path}/decision", data=warning)
    assert (refused.status_code, "changes only where you hide" in refused.text) == (422, True)
    assert 'value="Another"' in refused.text
