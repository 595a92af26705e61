"""What an act settles of what was reported, and what a case shows of what became of the post meanwhile."""

from forum.tables import notifications
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Village, Villager


async def _case_page(hall: Hall, who: Villager, case_id: str) -> str:
    page = await hall.village.browser(who).get(f"/networks/{hall.place.slug}/reports/{case_id}")
    assert page.status_code == 200
    return page.text


async def test_nobody_settles_a_report_about_themselves_by_an_act(village: Village) -> None:
    hall = await open_hall(village)
    post = await village.reply(hall.priya, hall.place, hall.thread, "What a silly rota.")
    await hall.report(hall.maeve, post)
    (case,) = await hall.cases(hall.amara)
    act_id = await hall.hide(hall.priya, post, "other", "Off topic.")
    (still,) = await hall.cases(hall.amara)
    assert (still["id"], still["state"], still["decided_by"]) == (case["id"], "waiting", None)
    assert "The post is out of sight by now" in await _case_page(hall, hall.amara, case["id"])
    await hall.do(hall.priya, "POST", f"/acts/{act_id}/undo", {})
    (still,) = await hall.cases(hall.amara)
    assert still["state"] == "waiting"
    assert still["version"] > case["version"]
    page = await _case_page(hall, hall.amara, case["id"])
    assert "What a silly rota." in page
    assert "The post is out of sight by now" not in page
    assert await hall.cases(hall.priya) == []
    told = column(notifications, "kind").where(notifications.c.account_id == hall.maeve.id)
    assert "report.answered" not in {row.kind for row in await hall.stored(told)}
    decision = {"decision": "agree", "act": "hide", "rule": "abuse", "reason": "Say it kindly."}
    decided = await hall.do(hall.amara, "POST", f"/reports/{case['id']}/decision", decision)
    assert (decided["state"], decided["decided_by"]["name"]) == ("agreed", "Amara Okafor")


async def test_what_is_not_for_a_moderator_to_decide_is_not_settled_by_their_act(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "moderator")
    post = await village.reply(hall.priya, hall.place, hall.thread, "What a silly rota.")
    await hall.report(hall.maeve, post)  # about a moderator, so it is for Amara
    await hall.hide(hall.olu, post)
    assert [case["state"] for case in await hall.cases(hall.amara)] == ["waiting"]


async def test_whoever_looks_into_a_case_keeps_it(village: Village) -> None:
    hall = await open_hall(village)
    await hall.report(hall.maeve)
    (case,) = await hall.cases(hall.priya)
    await hall.do(hall.priya, "PUT", f"/reports/{case['id']}/lease", {"taken": True})
    await hall.hide(hall.amara)
    kept = await hall.do(hall.priya, "GET", f"/reports/{case['id']}")
    assert (kept["state"], kept["taken_by"]["name"]) == ("waiting", "Priya Shah")
    assert "The post is out of sight by now" in await _case_page(hall, hall.priya, case["id"])
    decision = {"decision": "agree", "act": "none", "answer": "Somebody has hidden it."}
    decided = await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", decision)
    assert (decided["state"], decided["decided_by"]["name"]) == ("agreed", "Priya Shah")
    # One that nobody looks into is settled by the act, as before.
    other = await village.reply(hall.gareth, hall.place, hall.thread, "And the night is for fools.")
    await hall.report(hall.maeve, other)
    await hall.hide(hall.amara, other)
    assert await hall.cases(hall.priya) == []


async def test_a_case_says_that_the_post_was_changed(village: Village) -> None:
    hall = await open_hall(village)
    await hall.do(hall.gareth, "PATCH", f"/posts/{hall.post}", {"body": "Rude words."})
    await hall.report(hall.maeve)
    (case,) = await hall.cases(hall.priya)
    assert case["post_edited_at"] is None
    assert "changed after it was reported" not in await _case_page(hall, hall.priya, case["id"])
    await hall.do(hall.gareth, "PATCH", f"/posts/{hall.post}", {"body": "Sweet words."})
    changed = await hall.do(hall.priya, "GET", f"/reports/{case['id']}")
    assert changed["post_edited_at"] == (await hall.read(hall.gareth))["edited_at"]
    assert changed["version"] > case["version"]
    page = await _case_page(hall, hall.priya, case["id"])
    assert "changed after it was reported" in page
    assert f'href="/posts/{hall.post}/versions"' in page
