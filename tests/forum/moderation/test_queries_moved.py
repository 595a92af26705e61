"""Reports, acts and appeals stay with the network in which they were made, wherever their thread moves."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.migrate import migrate
from forum.records import Access
from forum.stewardship.deleting_commands import delete_network
from forum.tables import acts, cases, networks, posts
from ground.columns import now
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Place, Village, Villager

SAID = ("It mocks my colleague.", "We spoke with him.", "Be kind, please.", "I named nobody.", "Confidential words")
"""The reporter's, the moderators' to them, the reason of the act, the appeal; and a report that waits."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A thread with a decided report, an act appealed against and a report that waits, in another network by now."""

    hall: Hall
    target: Place
    stranger: Villager
    """Moderates there alone."""
    act: str
    decided: str
    waiting: str
    reply: str
    """The post that is reported and not decided about."""


async def move(hall: Hall, target: Place) -> None:
    """Amara, who administers both, moves the thread."""
    body = {"network": target.slug, "reason": "It belongs there.", "confirm": target.name}
    await hall.do(hall.amara, "POST", f"/threads/{hall.thread}/move", body)


async def move_all(village: Village, access: Access = "open") -> Moved:
    """Made in a closed network, moved to one of this kind."""
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    stranger = await village.person("Fay Stranger")
    target = await village.network(hall.amara, access=access)
    await village.join(target.id, stranger, "moderator")
    await hall.report(hall.maeve, words=SAID[0])
    (found,) = await hall.cases(hall.priya)
    decision = {"decision": "agree", "act": "hide", "rule": "abuse", "reason": SAID[2], "answer": SAID[1]}
    decided = await hall.do(hall.priya, "POST", f"/reports/{found['id']}/decision", decision)
    await hall.do(hall.gareth, "POST", f"/acts/{decided['act_id']}/appeal", {"words": SAID[3]})
    reply = await village.reply(hall.gareth, hall.place, hall.thread, "Another word of his.")
    await hall.report(hall.maeve, reply, words=SAID[4])
    (waiting,) = await hall.cases(hall.priya)
    await move(hall, target)
    return Moved(hall, target, stranger, decided["act_id"], found["id"], waiting["id"], reply)


@pytest.mark.parametrize("access", ["open", "closed"])
async def test_moderators_there_learn_nothing_of_it(village: Village, access: Access) -> None:
    moved = await move_all(village, access)
    hall, page = moved.hall, village.browser(moved.stranger)
    path = f"/networks/{moved.target.slug}"
    addresses = (
        f"{path}/reports",
        f"{path}/reports?show=decided",
        f"{path}/reports/{moved.decided}",
        f"{path}/reports/{moved.waiting}",
        f"/networks/{hall.place.slug}/reports/{moved.waiting}",
        f"/acts/{moved.act}",
        f"/posts/{hall.post}/act",
        f"{path}/log",
        f"/networks/{moved.target.slug}/people/{hall.gareth.id}/warning",
        f"/threads/{hall.thread}",
        "/notifications",
        "/",
    )
    for address in addresses:
        shown = await page.get(address, follow_redirects=True)
        # Maeve began the thread, so that her name stands in it.
        names = () if address.startswith("/threads") else (hall.maeve.name, hall.priya.name)
        assert not [word for word in (*SAID, *names) if word in shown.text], address
        if moved.act in address or moved.waiting in address or moved.decided in address:
            assert shown.status_code == 404, address
    for api in (f"/reports/{moved.waiting}", f"/reports/{moved.decided}", f"/acts/{moved.act}"):
        assert (await hall.ask(moved.stranger, "GET", api)).status_code == 404
    for show in ("waiting", "decided"):
        found = await hall.do(moved.stranger, "GET", f"{path}/reports?show={show}")
        assert (found["items"], found["waiting_count"]) == ([], 0)


async def test_it_stays_where_it_was_and_is_decided_there(village: Village) -> None:
    moved = await move_all(village, "closed")
    hall, page = moved.hall, village.browser(moved.hall.priya)
    path = f"/networks/{hall.place.slug}/reports"
    assert moved.decided in (await page.get(f"{path}?show=decided")).text
    kept = (await page.get(f"{path}/{moved.decided}")).text
    assert (SAID[0] in kept, SAID[1] in kept, "What was done" in kept) == (True, True, True)
    act = (await page.get(f"/acts/{moved.act}")).text
    assert (SAID[2] in act, SAID[3] in act, "Undo this" in act) == (True, True, False)
    waits = (await page.get(f"{path}/{moved.waiting}")).text
    assert "This thread is now in another network" in waits
    assert SAID[4] in waits
    # Priya doesn't belong there: nothing of what the post is by now, nor where it is, nor what she can't do there.
    for word in ("Another word of his.", moved.target.name, moved.target.slug, "Hide the post", hall.thread):
        assert word not in waits, word
    for act_there in ("hide", "remove"):
        there = {"decision": "agree", "act": act_there, "rule": "abuse", "reason": "No."}
        refused = await hall.ask(hall.priya, "POST", f"/reports/{moved.waiting}/decision", there)
        assert (refused.status_code, "another network" in refused.text) == (422, True)
    refused = await hall.ask(hall.priya, "POST", f"/acts/{moved.act}/undo", {})
    assert (refused.status_code, "another network" in refused.text) == (409, True)
    judged = {"outcome": "overturned", "answer": "He is right."}
    refused = await hall.ask(hall.olu, "POST", f"/acts/{moved.act}/answer", judged)
    assert (refused.status_code, "another network" in refused.text) == (409, True)
    own = (await village.browser(hall.maeve).get("/reports")).text
    assert (hall.place.name in own, moved.target.name in own, "Night rota" in own) == (True, False, False)
    await hall.do(hall.priya, "POST", f"/reports/{moved.waiting}/decision", {"decision": "disagree"})
    assert "The moderators saw it otherwise" in (await village.browser(hall.maeve).get("/reports")).text
    await hall.do(hall.olu, "POST", f"/acts/{moved.act}/answer", judged | {"outcome": "upheld"})


async def test_who_moderates_both_acts_there_and_undoes_here(village: Village) -> None:
    moved = await move_all(village)
    hall = moved.hall
    page = (await village.browser(hall.amara).get(f"/networks/{hall.place.slug}/reports/{moved.waiting}")).text
    for words in ("Another word of his.", "Hide the post", "You can read it there."):
        assert words in page, words
    decision = {"decision": "agree", "act": "hide", "rule": "abuse", "reason": "Not there either."}
    done = await hall.do(hall.amara, "POST", f"/reports/{moved.waiting}/decision", decision)
    assert done["state"] == "agreed"
    (act,) = await hall.stored(column(acts, "network_id").where(acts.c.id == done["act_id"]))
    assert act.network_id == moved.target.id
    # Whoever moderates only here learns what was decided, and nothing of the act there.
    seen = await hall.do(hall.priya, "GET", f"/reports/{moved.waiting}")
    assert (seen["state"], seen["act_id"]) == ("agreed", None)
    await hall.do(hall.amara, "POST", f"/acts/{moved.act}/undo", {})
    assert (await hall.read(hall.amara))["hidden_rule"] == ""


async def test_the_same_post_is_reported_in_both_and_an_act_settles_its_own(village: Village) -> None:
    moved = await move_all(village)
    hall = moved.hall
    form = (await village.browser(hall.maeve).get(f"/posts/{moved.reply}/report")).text
    assert "You have reported this already" not in form
    await hall.report(hall.maeve, moved.reply, words="Again, to you.")
    (case,) = (await hall.do(moved.stranger, "GET", f"/networks/{moved.target.slug}/reports"))["items"]
    assert case["id"] != moved.waiting
    await hall.hide(moved.stranger, moved.reply)
    rows = await hall.stored(select(cases.c.id, cases.c.outcome).where(cases.c.post_id == moved.reply))
    assert {row.id: row.outcome for row in rows} == {case["id"]: "agreed", moved.waiting: ""}
    here = await hall.do(hall.priya, "GET", f"/reports/{moved.waiting}")
    assert (here["state"], [report["words"] for report in here["reports"]]) == ("waiting", [SAID[4]])


async def test_it_is_as_before_where_the_thread_comes_back(village: Village) -> None:
    moved = await move_all(village, "closed")
    hall = moved.hall
    await move(hall, hall.place)
    page = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports/{moved.waiting}")).text
    assert ("in another network" in page, "Another word of his." in page, "Hide the post" in page) == (
        False,
        True,
        True,
    )
    await hall.do(hall.priya, "POST", f"/acts/{moved.act}/undo", {})


async def test_the_network_where_it_is_now_is_deleted_for_good(village: Village) -> None:
    moved = await move_all(village)
    hall = moved.hall
    another = await village.thread(hall.gareth, hall.place, "More of his")
    asked = select(posts.c.id).where(posts.c.thread_id == another)
    (first,) = await hall.stored(asked)
    await hall.report(hall.maeve, first.id, words="This one, too.")
    body = {"network": moved.target.slug, "reason": "It belongs there.", "confirm": moved.target.name}
    await hall.do(hall.amara, "POST", f"/threads/{another}/move", body)
    due = {"deletes_at": now() - timedelta(seconds=1)}
    async with village.state.transaction() as tx:
        await tx.execute(update(networks).where(networks.c.id == moved.target.id).values(due))
    await delete_network(village.state, moved.target.id)
    assert await hall.cases(hall.priya) == []
    assert len(await hall.cases(hall.priya, "decided")) == 3
    kept = (await village.browser(hall.priya).get(f"/networks/{hall.place.slug}/reports/{moved.decided}")).text
    assert SAID[0] in kept
    assert (await village.browser(hall.maeve).get("/reports")).text.count("Closed without a decision") == 2


async def test_what_travelled_before_goes_back(village: Village) -> None:
    """Rows of a version in which reports and acts went along with the thread."""
    moved = await move_all(village)
    hall = moved.hall
    async with village.state.database.write() as connection:
        for table in (cases, acts):
            mine = table.c.network_id == hall.place.id, table.c.post_id.is_not(None)
            await connection.execute(update(table).where(*mine).values(network_id=moved.target.id))
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0035'")
    await migrate(village.state.database)
    async with village.state.database.read() as connection:
        for table, of_post in ((cases, 2), (acts, 1)):
            where = select(table.c.network_id).where(table.c.post_id.is_not(None))
            where = where.where(table.c.network_id.in_([hall.place.id, moved.target.id]))
            assert list(await connection.scalars(where)) == [hall.place.id] * of_post
