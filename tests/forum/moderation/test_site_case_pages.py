"""What nobody of its network may decide is decided by an administrator of the site, who sees that case and no more."""

from forum.tables import audit_rows
from tests.forum.moderation.hall import column, logged_about, open_hall
from tests.forum.threads.village import Village


async def test_about_the_only_administrator_the_site_decides_and_sees_one_case(village: Village) -> None:
    hall = await open_hall(village, "secret")
    overseer, other = await hall.overseer(), await hall.overseer()
    await village.reply(hall.gareth, hall.place, hall.thread, "Beside it stands Kingfisher.")
    post = await village.reply(hall.amara, hall.place, hall.thread, "What Heron said.")
    await village.reply(hall.gareth, hall.place, hall.thread, "And after it Kingfisher.")
    await hall.report(hall.maeve, post, "abuse", "She always says Cormorant.")
    (case,) = await hall.cases(hall.priya)
    path, api = f"/site/reports/{case['id']}", f"/reports/{case['id']}"
    page = village.browser(overseer)
    assert (await page.get(path)).status_code == 404  # another moderator can decide it
    await village.remove(hall.place.id, hall.priya)
    assert (await village.browser(hall.priya).get(path)).status_code == 403
    assert (await village.browser(hall.amara).get(path)).status_code == 403
    assert f'href="{path}"' in (await page.get("/site/appeals")).text
    before = (await page.get(path)).text + (await hall.ask(overseer, "GET", api)).text
    assert "Amara Okafor" in before
    assert [word for word in ("Heron", "Kingfisher", "Cormorant", "Night rota") if word in before] == []
    assert (await page.post(f"{path}/lease", data={"taken": "yes"})).status_code == 303
    logged = await hall.stored(column(audit_rows, "act", "chain").where(audit_rows.c.object_id == case["id"]))
    assert [tuple(row) for row in logged] == [("report.looked_into", "site")]
    for text in ((await page.get(path)).text, (await hall.ask(overseer, "GET", api)).text):
        assert ("Cormorant" in text, "Kingfisher" in text) == (True, False)
    assert "Heron" in (await page.get(path)).text
    for text in ((await village.browser(other).get(path)).text, (await hall.ask(other, "GET", api)).text):
        assert "Cormorant" not in text
    assert (await hall.ask(overseer, "GET", f"/threads/{hall.thread}")).status_code == 404
    typed = {"decision": "agree", "act": "warn", "reason": "Be kind."}
    refused = await page.post(f"{path}/decision", data=typed)
    assert (refused.status_code, "from outside the network" in refused.text) == (422, True)
    done = await page.post(f"{path}/decision", data={**typed, "act": "none", "answer": "She was spoken to."})
    assert (done.status_code, done.headers["location"]) == (303, "/site/appeals")
    (own,) = (await hall.do(hall.maeve, "GET", "/me/reports"))["items"]
    assert (own["state"], own["answer"]) == ("agreed", "She was spoken to.")
    assert "report.agreed" in [row.act for row in await hall.stored(logged_about(case["id"]))]


async def test_the_site_is_told_where_nobody_else_can_decide(village: Village) -> None:
    hall = await open_hall(village)
    overseer = await hall.overseer()
    await village.remove(hall.place.id, hall.priya)
    post = await village.reply(hall.amara, hall.place, hall.thread, "What Heron said.")
    await hall.report(hall.maeve, post)
    await hall.report(hall.maeve, hall.post)
    lines = (await hall.do(overseer, "GET", "/me/notifications"))["items"]
    mine = [line for line in lines if line["kind"].startswith("report.") and line["network"]["id"] == hall.place.id]
    assert [line["kind"] for line in mine] == ["report.stuck"]
    case = mine[0]["object_id"]
    assert f"/site/reports/{case}" in (await village.browser(overseer).get("/notifications")).text
    assert "Heron" not in (await village.browser(overseer).get("/notifications")).text
    await hall.do(overseer, "POST", f"/reports/{case}/decision", {"decision": "ignore"})
    assert case not in (await village.browser(overseer).get("/site/appeals")).text
