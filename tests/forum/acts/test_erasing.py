"""What is erased is nowhere any more: not in the post, its versions, quotes, reports or lines above answers."""

import asyncio
import secrets
from pathlib import Path

import pytest
from sqlalchemy import select, text

from forum.acts.erasing import erase_post
from forum.acts.holding import hold_post
from forum.audit import find_broken
from forum.membership import lock_several
from forum.tables import acts, audit_rows, held_posts, memberships, metadata, post_versions, posts
from tests.forum.moderation.hall import Hall, column, logged_about, open_hall
from tests.forum.threads.village import Village
from tests.servers.confer import ConferServer

SURNAME = "Thornbury"


def new_patient() -> str:
    """Words about somebody of whom no other test speaks."""
    return f"Ezekiel {SURNAME}{secrets.token_hex(4)} of bed four takes warfarin"


async def set_scene(village: Village, patient: str) -> tuple[Hall, str, dict[str, str]]:
    """A post with a patient in it, edited, quoted in four ways and reported with the words."""
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"First.\n\n{patient}, I think.")
    await hall.do(hall.gareth, "PATCH", f"/posts/{post}", {"body": f"{patient}, I am sure."})
    path = f"/threads/{hall.thread}/posts"
    made = {
        "quote": f"> **Gareth Williams** in post 3:\n>\n> {patient}, I am sure.\n\nIs he, @Priya Shah?",
        "part": f"> {patient[: patient.index(' takes')]}\n\nMy own words stay.",
        "answer": "Without a quote.",
    }
    written = {}
    for name, body in made.items():
        reply_to = {"reply_to": post} if name == "answer" else {}
        written[name] = (await hall.do(hall.maeve, "POST", path, {"body": body, **reply_to}))["id"]
    written["edited"] = (await hall.do(hall.maeve, "POST", path, {"body": f"> {patient}\n\nBefore."}))["id"]
    await hall.do(hall.maeve, "PATCH", f"/posts/{written['edited']}", {"body": "Now nothing of it."})
    other = {"title": "Elsewhere", "body": f"> {patient}\n\nSaid in another thread."}
    written["elsewhere"] = (await hall.do(hall.priya, "POST", f"/networks/{hall.place.slug}/threads", other))[
        "first_post"
    ]["id"]
    await hall.report(hall.maeve, post, "patient_data", f"It says that {patient}.")
    return hall, post, written


async def test_nothing_is_left_and_the_rest_stays(village: Village) -> None:
    patient = new_patient()
    name = patient.split()[1]
    hall, post, written = await set_scene(village, patient)
    overseer = await hall.overseer()
    page = village.browser(overseer)
    assert (await page.get(f"/posts/{post}")).status_code == 404  # who erases can't read it
    assert name not in (await page.get(f"/site/erasing?post={post}")).text
    form = {"post": post, "reason": "A patient is named."}
    assert (await page.post("/site/erasing", data=form)).status_code == 422
    assert (await page.post("/site/erasing", data={**form, "sure": "yes"})).status_code == 303
    async with village.state.database.read() as connection:
        for table in ("posts", "post_versions", "reports", "acts", "cases", "threads", "audit_words", "outbox"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert not [row for row in rows if name in str(row)], table
    shown = await hall.read(hall.maeve, post)
    assert (shown["erased"], shown["body"], shown["html"]) == (True, "", "")
    assert (
        "The words of this post by Gareth Williams have been erased."
        in (await village.browser(hall.maeve).get(f"/threads/{hall.thread}")).text
    )
    quote = await hall.read(hall.maeve, written["quote"])
    assert quote["body"] == "> [erased]\n\nIs he, @Priya Shah?"
    assert hall.priya.id in quote["html"]
    assert (quote["edited_at"], quote["version"]) == (None, 2)
    assert (await hall.read(hall.maeve, written["part"]))["body"] == "> [erased]\n\nMy own words stay."
    assert (await hall.read(hall.maeve, written["answer"]))["body"] == "Without a quote."
    assert (await hall.read(hall.maeve, written["elsewhere"]))["body"] == "> [erased]\n\nSaid in another thread."
    versions = await hall.stored(column(post_versions, "body").where(post_versions.c.post_id == written["edited"]))
    assert [row.body for row in versions] == ["> [erased]\n\nBefore."]
    # A stub, one act, one row of proof; once more changes nothing.
    assert (await hall.do(overseer, "POST", f"/posts/{post}/erasure", {"reason": "Again."})) == {"erased": False}
    assert len(await hall.stored(column(acts, "id").where(acts.c.post_id == post))) == 1
    logged = await hall.stored(column(audit_rows, "act", "role").where(audit_rows.c.object_id == post))
    assert [(row.act, row.role) for row in logged] == [("post.erase", "site administrator")]
    assert (await hall.do(hall.maeve, "GET", "/me/reports"))["items"][0]["state"] == "agreed"
    own = await hall.do(
        hall.gareth, "GET", f"/acts/{(await hall.stored(column(acts, 'id').where(acts.c.post_id == post)))[0].id}"
    )
    assert (own["kind"], own["html"]) == ("erase", "")


async def test_the_data_folder_holds_no_byte_of_it(village: Village) -> None:
    """On SQLite: not in its pages, neither free ones nor those that words have spilled over to, and not in its log."""
    patient = new_patient()
    name = patient.split()[1].encode()
    hall, post, _ = await set_scene(village, patient)
    long = f"{patient}. " + " ".join(secrets.token_hex(4) for _ in range(4_000))  # more than a page holds
    spilled = await village.reply(hall.gareth, hall.place, hall.thread, long)
    for _ in range(3):
        await hall.do(hall.gareth, "PATCH", f"/posts/{spilled}", {"body": f"{long} {secrets.token_hex(8)}"})
    for number in range(12):
        await village.reply(hall.maeve, hall.place, hall.thread, f"> {patient}\n\nNumber {number}.")
    folder = village.state.settings.data_dir
    if village.state.database.dialect == "sqlite":
        assert files_with(folder, name)
    overseer = await hall.overseer()
    for each in (post, spilled):
        await hall.do(overseer, "POST", f"/posts/{each}/erasure", {"reason": "A patient is named."})
    async with asyncio.timeout(10):
        while files_with(folder, name):
            # Somebody still read as the log was to be emptied; the worker does it again and again.
            await asyncio.sleep(0.1)
            await village.state.database.empty_log()


def files_with(folder: Path, words: bytes) -> list[str]:
    """Files in which these bytes stand, as letters of either case."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if words.lower() in path.read_bytes().lower()]


async def test_who_may_erase(village: Village) -> None:
    hall = await open_hall(village)
    body = {"reason": "Why."}
    for who, status in ((hall.amara, 403), (hall.priya, 403), (hall.gareth, 403), (hall.olu, 404), (None, 401)):
        assert (await hall.ask(who, "POST", f"/posts/{hall.post}/erasure", body)).status_code == status
    overseer = await hall.overseer()
    assert (await hall.ask(overseer, "POST", f"/posts/{hall.thread}/erasure", body)).status_code == 404
    assert (await hall.ask(overseer, "POST", f"/posts/{hall.post}/erasure", {})).status_code == 422
    wrong = await village.browser(overseer).post(
        "/site/erasing", data={"post": "what?", "reason": "Why.", "sure": "yes"}
    )
    assert (wrong.status_code, "not the number of a post" in wrong.text) == (422, True)
    assert (await hall.read(hall.maeve))["erased"] is False


async def test_twice_at_once_and_beside_those_who_quote_it(village: Village) -> None:
    patient = new_patient()
    hall, post, _ = await set_scene(village, patient)
    overseer = await hall.overseer()
    path, quoting = f"/threads/{hall.thread}/posts", {"body": f"> {patient}\n\nMine."}
    answers = await asyncio.gather(
        *(hall.ask(overseer, "POST", f"/posts/{post}/erasure", {"reason": "Why."}) for _ in range(4)),
        *(hall.ask(hall.priya, "POST", f"/posts/{post}/hiding", {"rule": "abuse", "reason": "W."}) for _ in range(2)),
        *(hall.ask(hall.maeve, "POST", path, quoting) for _ in range(4)),
    )
    assert sorted(answer.json()["erased"] for answer in answers[:4]) == [False, False, False, True]
    assert all(answer.status_code in (201, 403) for answer in answers[4:6])
    (row,) = await hall.stored(select(posts.c.body, posts.c.html).where(posts.c.id == post))
    assert (row.body, row.html) == ("", "")


async def test_who_acts_on_its_author_and_who_erases_it_come_one_after_the_other(village: Village) -> None:
    """A membership is held before a post by both, or each would wait for what the other has."""
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, "Ezekiel again.")
    await hall.report(hall.maeve, post, "patient_data")
    case_id = (await hall.cases(hall.amara))[0]["id"]
    said = {"decision": "agree", "act": "ban", "reason": "Names Ezekiel", "rule": "patient_data"}
    await hall.do(hall.amara, "POST", f"/reports/{case_id}/decision", said)
    async with village.state.transaction() as acting:
        await lock_several(acting, hall.place.id, [hall.amara.id, hall.gareth.id])
        erasing = asyncio.create_task(erase(village, post))
        await asyncio.sleep(0.5)
        await hold_post(acting, None, post)
    assert await asyncio.wait_for(erasing, 30) is not None
    theirs = (memberships.c.network_id == hall.place.id, memberships.c.account_id == hall.gareth.id)
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(memberships.c.reason).where(*theirs)) == "[erased]"


async def erase(village: Village, post: str) -> str | None:
    """As Confer itself does in time."""
    async with village.state.transaction() as tx:
        return await erase_post(tx, None, post, "It was hidden for 30 days.")


async def test_an_appeal_that_waits_as_the_words_go_is_answered_truly(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya, rule="patient_data")
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "It was nobody."})
    await hall.do(await hall.overseer(), "POST", f"/posts/{hall.post}/erasure", {"reason": "Why."})
    appeal = (await hall.do(hall.gareth, "GET", f"/acts/{act}"))["appeal"]
    assert (appeal["outcome"], "nothing can be given back" in appeal["answer"]) == ("upheld", True)


async def test_what_was_said_of_it_goes_as_well_and_the_log_holds(village: Village) -> None:
    """Reports, reasons, answers, appeals, and why its author was removed because of it; not why something else was."""
    patient = new_patient().replace(SURNAME, "Winterbourne")  # who was removed has had the reason by mail
    name = patient.split()[1]
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"First.\n\n{patient}, I think.")
    quote = await village.reply(hall.maeve, hall.place, hall.thread, f"> {patient}\n\nMine.")
    taken_back = await hall.hide(hall.priya, post, "abuse", f"You call {name} names.")
    await hall.do(hall.gareth, "POST", f"/acts/{taken_back}/appeal", {"words": f"{name} laughed."})
    answer = {"outcome": "overturned", "answer": f"{name} did laugh."}
    await hall.do(hall.amara, "POST", f"/acts/{taken_back}/answer", answer)
    for act in ("ban", "none"):
        await hall.report(hall.maeve, post, "patient_data", f"It says that {patient}.")
        (case,) = await hall.cases(hall.amara)
        decided = {"decision": "agree", "act": act, "reason": f"You name {name}.", "answer": f"{name} is safe now."}
        await hall.do(hall.amara, "POST", f"/reports/{case['id']}/decision", decided)
    lock = {"locked": True, "reason": f"Enough of {name}."}
    await hall.do(hall.priya, "PATCH", f"/threads/{hall.thread}", lock)
    await hall.do(hall.priya, "PATCH", f"/threads/{hall.thread}", {"pinned": True, "reason": "So that all see it."})
    await hall.hide(hall.priya, post, "patient_data", f"{name} is a patient of ours.")
    (act,) = await hall.stored(column(acts, "id").where(acts.c.post_id == quote))
    await hall.do(hall.maeve, "POST", f"/acts/{act.id}/appeal", {"words": f"I was kind to {name}."})
    await hall.do(await hall.overseer(), "POST", f"/posts/{post}/erasure", {"reason": "A patient is named."})
    async with village.state.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(text(f"SELECT * FROM {table.name}"))).all()
            assert not [row for row in rows if name in str(row)], table.name
        assert [trouble async for trouble in find_broken(connection)] == []
        kept = (await connection.execute(text("SELECT word FROM audit_words WHERE name = 'reason'"))).scalars().all()
    assert {"A patient is named.", "So that all see it."} <= set(kept)
    shown = await hall.do(hall.amara, "GET", f"/acts/{taken_back}")
    said = (shown["reason"], shown["appeal"]["words"], shown["appeal"]["answer"])
    assert said == ("[erased]", "[erased]", "[erased]")


async def test_a_hidden_post_that_is_erased_cannot_come_back(village: Village) -> None:
    hall, post, _ = await set_scene(village, new_patient())
    act = await hall.hide(hall.priya, post, "patient_data", "It names a patient.")
    await hall.do(await hall.overseer(), "POST", f"/posts/{post}/erasure", {"reason": "Why."})
    refused = await hall.ask(hall.priya, "POST", f"/acts/{act}/undo", {})
    assert refused.status_code == 409
    appealed = await hall.ask(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "It was nobody."})
    assert (appealed.status_code, "nothing left" in appealed.text) == (409, True)
    page = (await village.browser(hall.gareth).get(f"/acts/{act}")).text
    assert ("You may appeal once" in page, "erased for good" in page) == (False, True)


def test_neither_mail_nor_log_holds_it(server: ConferServer) -> None:
    """What the tests above wrote went out by no other door."""
    mails = "".join(mail.read_text(errors="replace") for mail in server.mails())
    assert SURNAME not in mails
    logs = [path for path in Path(server.data_dir).glob("*.log") if path.is_file()]
    assert not [path for path in logs if SURNAME in path.read_text(errors="replace")]


async def test_what_other_networks_quote_is_erased_too_and_can_be_read_again(village: Village) -> None:
    patient = new_patient()
    hall, other = await open_hall(village, "secret"), await open_hall(village, "open")
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"First.\n\n{patient}, I think.")
    here = await village.reply(hall.maeve, hall.place, hall.thread, f"> {patient}\n\nMine.")
    there = await village.reply(other.maeve, other.place, other.thread, f"> {patient}\n\nAnd mine.")
    never = await village.reply(other.gareth, other.place, other.thread, "> What somebody else said\n\nMine too.")
    await hall.hide(hall.priya, post, "patient_data", "It names a patient.")
    for _ in range(100):
        if (await other.read(other.maeve, there))["hidden_rule"]:
            break
        await asyncio.sleep(0.1)
    page = village.browser(await hall.overseer())
    form = {"post": post, "reason": "A patient is named.", "sure": "yes"}
    done = await page.post("/site/erasing", data=form)
    assert "The words are erased" in (await page.get(done.headers["location"])).text
    for place, reader, quoting, own in ((hall, hall.priya, here, "Mine."), (other, None, there, "And mine.")):
        shown = await place.read(reader, quoting)
        assert (shown["body"], shown["hidden_rule"]) == (f"> [erased]\n\n{own}", "")
    assert (await other.read(None, never))["version"] == 1
    for place, person, kinds in (
        (hall, hall.amara, {"post.erased"}),
        (hall, hall.maeve, {"quotation.erased", "act.undone"}),
        (other, other.priya, {"quotation.hidden", "quotation.erased"}),
        (other, other.maeve, {"quotation.erased", "act.undone"}),
    ):
        lines = (await place.do(person, "GET", "/me/notifications"))["items"]
        assert kinds <= {line["kind"] for line in lines}, person.name
        assert not [line for line in lines if patient.split()[1] in str(line)]
    assert "post.quotation_erased" in [row.act for row in await hall.stored(logged_about(there))]


async def test_a_post_that_very_many_quote_is_out_of_sight_at_once_and_erased_by_the_worker(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.acts.erasing.MOST_HIDDEN", 2)
    patient = new_patient()
    hall, other = await open_hall(village, "secret"), await open_hall(village, "open")
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"First.\n\n{patient}, I think.")
    quotes = [await village.reply(hall.maeve, hall.place, hall.thread, f"> {patient}\n\nMine {n}.") for n in range(2)]
    quotes.append(await village.reply(other.maeve, other.place, other.thread, f"> {patient}\n\nAnd mine."))
    hidden = await hall.hide(hall.priya, post, "patient_data", "It names a patient.")
    overseer = await village.viewer(await hall.overseer())
    async with village.state.transaction() as tx:
        act = await erase_post(tx, overseer, post, "A patient is named.")
    assert act is not None
    assert (await hall.read(hall.maeve, post))["html"] == ""
    assert (await hall.ask(hall.priya, "POST", f"/acts/{hidden}/undo", {})).status_code == 409
    async with village.state.transaction() as tx:
        assert await erase_post(tx, overseer, post, "Again.") is None
    for _ in range(200):
        if (await hall.read(hall.maeve, post))["erased"]:
            break
        await asyncio.sleep(0.1)
    name = patient.split()[1]
    async with village.state.database.read() as connection:
        for table in ("posts", "post_versions", "audit_words", "outbox", "search_rows"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert not [row for row in rows if name in str(row)], table
    for place, reader, quoting in zip((hall, hall, other), (hall.priya, hall.priya, None), quotes, strict=True):
        shown = await place.read(reader, quoting)
        assert (shown["body"].partition("\n")[0], shown["hidden_rule"]) == ("> [erased]", "")
    logged = [row.act for row in await hall.stored(logged_about(post))]
    assert logged == ["post.hide", "post.erase"]


async def test_what_very_many_quote_can_be_read_in_none_of_the_quotes_from_then_on(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.acts.erasing.MOST_HIDDEN", 2)
    patient = new_patient()
    name = patient.split()[1]
    hall, other = await open_hall(village), await open_hall(village, "open")
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"First.\n\n{patient}, I think.")
    quotes = [await village.reply(hall.maeve, hall.place, hall.thread, f"> {patient}\n\nMine {n}.") for n in range(2)]
    quotes.append(await village.reply(other.maeve, other.place, other.thread, f"> {patient}\n\nMine."))
    page = village.browser(hall.maeve)
    assert name in (await page.get(f"/threads/{hall.thread}")).text
    overseer = await village.viewer(await hall.overseer())
    async with village.state.transaction() as tx:
        await erase_post(tx, overseer, post, "A patient is named.")
        stood = (await tx.execute(select(posts.c.hidden_rule, posts.c.excerpt).where(posts.c.id.in_(quotes)))).all()
    assert [tuple(row) for row in stood] == [("quotes_erased", "")] * 3
    for place, each in zip((hall, hall, other), quotes, strict=True):  # the worker may be at it already
        assert name not in str(await place.read(place.maeve, each))
    assert name not in (await page.get(f"/threads/{hall.thread}")).text
    for _ in range(200):
        if (await hall.read(hall.maeve, post))["erased"]:
            break
        await asyncio.sleep(0.1)
    for place, each in zip((hall, hall, other), quotes, strict=True):
        shown = await place.read(place.maeve, each)
        assert (shown["body"].startswith("> [erased]\n\nMine"), shown["hidden_rule"]) == (True, "")
    assert "[erased]" in (await page.get(f"/threads/{hall.thread}")).text


async def test_what_waits_for_a_moderator_quotes_it_no_longer(village: Village) -> None:
    patient = new_patient()
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"{patient}, I think.")
    hold = f"/networks/{hall.place.slug}/members/{hall.maeve.id}/hold"
    await hall.do(hall.priya, "PUT", hold, {"reason": "Let me read first."})
    body = {"body": f"> {patient}\n\nIs he?"}
    waiting = (await hall.do(hall.maeve, "POST", f"/threads/{hall.thread}/posts", body))["id"]
    await hall.do(await hall.overseer(), "POST", f"/posts/{post}/erasure", {"reason": "Why."})
    (row,) = await hall.stored(column(held_posts, "body").where(held_posts.c.id == waiting))
    assert row.body == "> [erased]\n\nIs he?"


async def test_a_title_that_says_the_same_goes_with_the_first_post(village: Village) -> None:
    patient = new_patient()
    name = patient.split()[1]
    hall = await open_hall(village)
    titled = await village.thread(hall.gareth, hall.place, f"Ezekiel {name}", f"{patient}, I think.")
    other = await village.thread(hall.gareth, hall.place, "Rota for this week", f"{patient} this time.")
    await hall.do(hall.priya, "PATCH", f"/threads/{titled}", {"title": f"About {name}", "reason": "Shorter."})
    overseer = await hall.overseer()
    for thread, title, keep in ((titled, "[erased]", False), (other, "Rota for this week", True)):
        (first,) = await hall.stored(column(posts, "id").where(posts.c.thread_id == thread))
        body = {"reason": "A patient is named.", "keep_title": keep}
        await hall.do(overseer, "POST", f"/posts/{first.id}/erasure", body)
        assert (await hall.do(hall.maeve, "GET", f"/threads/{thread}"))["title"] == title
    logged = [row.act for row in await hall.stored(logged_about(titled))]
    assert logged == ["thread.retitle", "thread.title_erased"]
    async with village.state.database.read() as connection:
        for table in ("threads", "audit_words", "audit_rows", "acts"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert not [row for row in rows if name in str(row)], table
        assert [trouble async for trouble in find_broken(connection)] == []


async def test_what_was_said_to_its_author_otherwise_goes_where_it_repeats_the_words(village: Village) -> None:
    patient = new_patient()
    name = patient.split()[1]
    hall = await open_hall(village)
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"{patient}, I am sure.")
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    warned = []
    for reason in (f"You wrote: {patient}, I am sure. Never do that.", "Please write kindly, and be sure of it."):
        await hall.do(hall.amara, "POST", f"{path}/warnings", {"reason": reason})
        ((act_id,),) = await hall.stored(
            select(acts.c.id).where(acts.c.reason == reason, acts.c.account_id == hall.gareth.id)
        )
        warned.append(act_id)
    await hall.do(hall.amara, "PUT", f"{path}/silence", {"hours": 24, "reason": "A heated evening."})
    (silence,) = await hall.stored(select(acts.c.id).where(acts.c.kind == "silence", acts.c.by_id == hall.amara.id))
    await hall.do(hall.amara, "POST", f"/acts/{silence.id}/undo", {"reason": f"Only {patient}, I see now."})
    await hall.do(await hall.overseer(), "POST", f"/posts/{post}/erasure", {"reason": "A patient is named."})
    async with village.state.database.read() as connection:
        for table in ("posts", "acts", "cases", "audit_words", "outbox"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert not [row for row in rows if name in str(row)], table
    reasons = [(await hall.do(hall.gareth, "GET", f"/acts/{act_id}"))["reason"] for act_id in warned]
    assert reasons == ["[erased]", "Please write kindly, and be sure of it."]
