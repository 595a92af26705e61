"""Letters that say what was done, with no more of it than a mailbox may hold; and patient data erased in time."""

import asyncio
from datetime import timedelta

from sqlalchemy import update

from forum.acts.erasing import erase_post
from forum.acts.recording import Act, write_act
from forum.moderation.worker import LETTERS, erase_patient_data, go_on_erasing
from forum.tables import acts, audit_rows
from ground.columns import now
from realtime.tables import outbox
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Village


async def letter(hall: Hall, act: str, name: str = "act_concerns_me", **more: str) -> str:
    """The letter about an act as it would go out now; empty for none."""
    async with hall.village.state.transaction() as tx:
        written = await LETTERS[name](hall.village.state, tx, {"act_id": act, **more})
    if written is None:
        return ""
    templates = hall.village.state.templates
    site = {"name": written.name, "subject": written.subject, "site_name": "Confer", "site_url": ""}
    return f"{written.subject}\n" + templates.get_template(f"email/{written.template}.txt").render(
        {**written.context, **site}
    )


async def test_the_letter_carries_words_of_open_networks_only(village: Village) -> None:
    for access, carries in (("open", True), ("closed", False), ("secret", False)):
        hall = await open_hall(village, access)  # type: ignore[arg-type]
        act = await hall.hide(hall.priya, reason="Say it kindly.")
        said = await letter(hall, act)
        assert said.startswith("A moderator has hidden your post")
        assert f"/acts/{act}" in said
        assert ("Only fools" in said) == carries
        assert ("Say it kindly." in said) == carries
        assert "Priya" not in said
        await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
        assert await letter(hall, act) == ""
        act = await hall.hide(hall.priya, rule="patient_data", reason="It names a patient.")
        assert "Only fools" not in await letter(hall, act)
    await village.remove(hall.place.id, hall.gareth)
    assert hall.place.name not in await letter(hall, act)


async def test_a_letter_about_what_is_erased_promises_nothing_of_it(village: Village) -> None:
    hall = await open_hall(village, "open")
    hidden = await hall.hide(hall.priya, rule="patient_data", reason="It names a patient.")
    assert "you may appeal once" in await letter(hall, hidden)
    async with village.state.transaction() as tx:
        erased = await erase_post(tx, None, hall.post, "In time.")
    for act in (hidden, erased or ""):
        said = await letter(hall, act)
        assert ("Read why:" in said, "what you wrote" in said, "appeal" in said) == (True, False, False)


async def test_who_began_a_thread_is_written_to_when_it_is_locked_named_or_moved_by_others(village: Village) -> None:
    hall = await open_hall(village)
    thread, other = f"/threads/{hall.thread}", await village.network(hall.amara, [])
    await hall.do(hall.amara, "PATCH", thread, {"pinned": True})
    await hall.do(hall.amara, "PATCH", thread, {"locked": True, "reason": "Enough for today."})
    await hall.do(hall.amara, "PATCH", thread, {"title": "Rota", "reason": "Say it shorter."})
    await hall.do(hall.amara, "POST", f"{thread}/move", {"network": other.slug, "reason": "It is theirs."})
    done = await hall.stored(column(acts, "kind", "id").where(acts.c.thread_id == hall.thread))
    sent = {row.reference.get("act_id") for row in await hall.stored(column(outbox, "reference"))}
    assert {row.kind: row.id in sent for row in done} == {"pin": False, "lock": True, "retitle": True, "move": True}
    for row in done:
        said = await letter(hall, row.id)
        assert (f"/acts/{row.id}" in said, "Read why:" in said, "Night rota" in said) == (True, True, False)
    # What a moderator does with a thread of their own is told to nobody.
    own = await village.thread(hall.priya, hall.place, "Mine")
    await hall.do(hall.priya, "PATCH", f"/threads/{own}", {"locked": True, "reason": "Enough."})
    (act,) = await hall.stored(column(acts, "id").where(acts.c.thread_id == own))
    assert act.id not in {row.reference.get("act_id") for row in await hall.stored(column(outbox, "reference"))}


async def test_an_erasing_that_was_left_is_gone_on_with(village: Village) -> None:
    hall = await open_hall(village)
    act = Act("erase", hall.place.id, None, "In time.", post_id=hall.post, account_id=hall.gareth.id)
    async with village.state.transaction() as tx:
        act_id = await write_act(tx, act)
    await go_on_erasing(village.state)
    await asyncio.sleep(0.3)
    assert not (await hall.read(hall.maeve))["erased"]  # it may be at it still
    async with village.state.transaction() as tx:
        await tx.execute(update(acts).where(acts.c.id == act_id).values(at=now() - timedelta(hours=7)))
    await go_on_erasing(village.state)
    for _ in range(100):
        if (await hall.read(hall.maeve))["erased"]:
            break
        await asyncio.sleep(0.1)
    assert (await hall.read(hall.maeve))["erased"]


async def test_the_answer_to_an_appeal_is_told(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya)
    assert await letter(hall, act, "appeal_answered") == ""
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "Why?"})
    await hall.do(hall.amara, "POST", f"/acts/{act}/answer", {"outcome": "upheld", "answer": "Because."})
    said = await letter(hall, act, "appeal_answered")
    assert "The decision stands." in said
    assert "Because." not in said


async def test_patient_data_is_erased_after_thirty_days_unless_undone(village: Village) -> None:
    hall = await open_hall(village)
    kept = await village.reply(hall.gareth, hall.place, hall.thread, "Kept words.")
    young = await village.reply(hall.gareth, hall.place, hall.thread, "Young words.")
    abusive = await village.reply(hall.gareth, hall.place, hall.thread, "Other words.")
    due = await hall.hide(hall.priya, rule="patient_data", reason="It names a patient.")
    undone = await hall.hide(hall.priya, kept, "patient_data", "It names a patient.")
    await hall.hide(hall.priya, young, "patient_data", "It names a patient.")
    old = await hall.hide(hall.priya, abusive, "abuse", "Be kind.")
    async with village.state.database.write() as connection:
        aged = update(acts).where(acts.c.id.in_([due, undone, old])).values(at=now() - timedelta(days=31))
        await connection.execute(aged)
    await hall.do(hall.priya, "POST", f"/acts/{undone}/undo", {})
    await erase_patient_data(village.state)
    await erase_patient_data(village.state)
    erased = {post: (await hall.read(hall.maeve, post))["erased"] for post in (hall.post, kept, young, abusive)}
    assert erased == {hall.post: True, kept: False, young: False, abusive: False}
    assert (await hall.read(hall.maeve, kept))["body"] == "Kept words."


async def test_letters_to_who_is_made_quiet_carry_words_of_open_networks_only(village: Village) -> None:
    for access, carries in (("open", True), ("closed", False)):
        hall = await open_hall(village, access)  # type: ignore[arg-type]
        member = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
        await hall.do(hall.amara, "PUT", f"{member}/silence", {"hours": 24, "reason": "Zebras again."})
        (silence,) = await hall.stored(
            column(acts, "id").where(acts.c.kind == "silence", acts.c.network_id == hall.place.id)
        )
        said = await letter(hall, silence.id, "quietened")
        assert (f"/acts/{silence.id}" in said, "appeal once" in said) == (True, True)
        assert ("Zebras" in said) == carries
        await hall.do(hall.amara, "DELETE", f"{member}/silence")
        await hall.do(hall.amara, "PUT", f"{member}/hold", {"reason": "Let us read first."})
        (holding,) = await hall.stored(
            column(acts, "id").where(acts.c.kind == "hold", acts.c.network_id == hall.place.id)
        )
        readers = "everybody" if access == "open" else "its members"
        assert f"and then by {readers}." in await letter(hall, holding.id, "quietened")
        held = await hall.do(hall.gareth, "POST", f"/threads/{hall.thread}/posts", {"body": "NHS 943 476 5919"})
        path = f"/networks/{hall.place.slug}/held/{held['id']}"
        await hall.do(hall.amara, "POST", f"{path}/rejection", {"reason": "A patient’s number."})
        (turned,) = await hall.stored(
            column(acts, "id").where(acts.c.kind == "reject", acts.c.network_id == hall.place.id)
        )
        said = await letter(hall, turned.id, "post_rejected", held_id=held["id"])
        assert f"/held/{held['id']}" in said
        assert "There you can write it anew" in said
        assert "943 476" not in said
        assert ("A patient’s number." in said, "Night rota" in said) == (carries, carries)


async def test_who_is_suspended_is_told_why(village: Village) -> None:
    hall = await open_hall(village)
    overseer = await hall.overseer()
    suspension = f"/site/accounts/{hall.gareth.id}/suspension"
    done = await village.browser(overseer).post(suspension, data={"reason": "Sold the list."})
    assert done.status_code == 303
    (row,) = await hall.stored(column(audit_rows, "id").where(audit_rows.c.object_id == hall.gareth.id))
    said = await letter(hall, "", "account_suspended", account_id=hall.gareth.id, row_id=row.id)
    assert "Sold the list." in said
    assert "/about/contact" in said


async def test_patient_data_is_hidden_with_what_quotes_it(village: Village) -> None:
    hall = await open_hall(village, "open")
    words = "Mr Jellicoe of the green door is worse."
    post = await village.reply(hall.gareth, hall.place, hall.thread, f"Look:\n\n{words}")
    quoting = await village.reply(hall.maeve, hall.place, hall.thread, f"> {words}\n\nIs he?")
    other = await village.thread(hall.maeve, hall.place, "Elsewhere", f"> {words}\n\nSo I read.")
    own = await village.reply(hall.maeve, hall.place, hall.thread, "> Something else\n\nAnd mine.")
    await hall.hide(hall.priya, post, rule="abuse")
    assert "Jellicoe" in (await hall.read(None, quoting))["body"]
    (act,) = await hall.stored(column(acts, "id").where(acts.c.post_id == post))
    await hall.do(hall.priya, "POST", f"/acts/{act.id}/undo", {})
    await hall.hide(hall.priya, post, rule="patient_data")
    for gone in (post, quoting):
        shown = await hall.read(None, gone)
        assert (shown["body"], shown["hidden_rule"]) == ("", "patient_data")
    assert "Jellicoe" not in (await village.browser().get(f"/threads/{other}")).text
    assert (await hall.read(None, own))["hidden_rule"] == ""
    (hidden,) = await hall.stored(column(acts, "id", "reason").where(acts.c.post_id == quoting))
    assert "quotes a post" in hidden.reason
    await hall.do(hall.priya, "POST", f"/acts/{hidden.id}/undo", {})
    assert "Jellicoe" in (await hall.read(None, quoting))["body"]
