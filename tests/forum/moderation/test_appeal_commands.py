"""An appeal goes once to somebody else than who acted; who judges without reading the network sees nothing of it."""

import asyncio

import pytest
from sqlalchemy import select, update

from auth.tables import accounts
from forum.accounts.closing_commands import close_own_account
from forum.moderation.judging_commands import tell_judges
from forum.tables import acts, memberships, notifications
from tests.forum.knowledge.deck import make
from tests.forum.moderation.hall import Hall, column, logged_about, open_hall
from tests.forum.threads.village import Village

ANSWER = {"outcome": "overturned", "answer": "You are right."}


async def test_another_administrator_answers(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    act = await hall.hide(hall.amara)
    lines = (await hall.do(hall.gareth, "GET", "/me/notifications"))["items"]
    said = f"{hall.place.name}: a moderator has hidden your post (post 2 in “Night rota”)"
    assert said in [line["text"] for line in lines]
    for who, status in ((hall.maeve, 404), (hall.priya, 403), (None, 401)):
        answer = await hall.ask(who, "POST", f"/acts/{act}/appeal", {"words": "No."})
        assert answer.status_code == status
    for wrong in ({"words": ""}, {"words": "w" * 10_000}, {}):
        assert (await hall.ask(hall.gareth, "POST", f"/acts/{act}/appeal", wrong)).status_code == 422
    shown = await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
    assert (shown["appeal"]["words"], shown["appeal"]["outcome"]) == ("I named nobody.", "")
    assert (await hall.ask(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "Again."})).status_code == 409
    told = await hall.stored(column(notifications, "account_id", "kind").where(notifications.c.object_id == act))
    assert {row.account_id for row in told if row.kind == "appeal.made"} == {hall.olu.id}
    for who, status in ((hall.amara, 403), (hall.priya, 403), (hall.gareth, 403), (hall.maeve, 404)):
        assert (await hall.ask(who, "POST", f"/acts/{act}/answer", ANSWER)).status_code == status
    page = (await village.browser(hall.olu).get(f"/networks/{hall.place.slug}/reports")).text
    assert "Appeals that you judge" in page
    assert (
        "Appeals that you judge"
        not in (await village.browser(hall.amara).get(f"/networks/{hall.place.slug}/reports")).text
    )
    for who, undoes, judges in ((hall.olu, False, True), (hall.amara, True, False)):
        page = (await village.browser(who).get(f"/acts/{act}")).text
        assert ("Undo this" in page, "Judge this appeal" in page) == (undoes, judges)
    both = await asyncio.gather(*(hall.ask(hall.olu, "POST", f"/acts/{act}/answer", ANSWER) for _ in range(3)))
    assert sorted(answer.status_code for answer in both) in ([200, 403, 403], [200, 403, 409], [200, 409, 409])
    assert (await hall.read(hall.maeve))["hidden_rule"] == ""
    answered = await hall.do(hall.gareth, "GET", f"/acts/{act}")
    assert (answered["appeal"]["outcome"], answered["appeal"]["answer"]) == ("overturned", "You are right.")
    assert answered["undone_at"]
    told = await hall.stored(column(notifications, "account_id", "kind").where(notifications.c.object_id == act))
    assert (hall.gareth.id, "appeal.answered") in {(row.account_id, row.kind) for row in told}
    logged = [row.act for row in await hall.stored(logged_about(hall.post))]
    assert logged == ["post.hide", "post.appealed", "post.hide_undone", "post.appeal_overturned"]


@pytest.mark.parametrize("way", ["appealed", "undone"])
async def test_who_reported_is_told_that_it_was_taken_back_and_not_by_whom(village: Village, way: str) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    made = await hall.report(hall.maeve)
    (case,) = await hall.cases(hall.priya)
    body = {"decision": "agree", "act": "hide", "rule": "abuse", "reason": "Be kind.", "answer": "We hid it."}
    act = (await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body))["act_id"]
    assert made["undone_at"] is None
    if way == "appealed":
        await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
        await hall.do(hall.olu, "POST", f"/acts/{act}/answer", ANSWER)
    else:
        await hall.do(hall.olu, "POST", f"/acts/{act}/undo", {"reason": "It was fair."})
    (own,) = (await hall.do(hall.maeve, "GET", "/me/reports"))["items"]
    assert (own["state"], bool(own["undone_at"])) == ("agreed", True)
    page = (await village.browser(hall.maeve).get("/reports")).text
    assert "What was done was taken back" in page
    lines = (await hall.do(hall.maeve, "GET", "/me/notifications"))["items"]
    (line,) = [line for line in lines if line["kind"] == "report.undone"]
    assert line["text"] == f"What was done about your report in {hall.place.name} was taken back"
    assert (line["url"].endswith("/reports"), line["actor"]) == (True, None)
    for words in (page, str(lines), str(own)):
        assert "Olu" not in words


@pytest.mark.parametrize("way", ["undone", "ended"])
async def test_an_act_that_is_undone_answers_the_appeal_that_waits(village: Village, way: str) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    silence = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/silence"
    if way == "ended":
        await hall.do(hall.amara, "PUT", silence, {"hours": 24, "reason": "Off topic."})
        (row,) = await hall.stored(column(acts, "id").where(acts.c.account_id == hall.gareth.id))
        act = row.id
    else:
        act = await hall.hide(hall.amara)
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
    if way == "ended":
        await hall.do(hall.amara, "DELETE", silence)
    else:
        await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {"reason": "It was fair."})
    shown = await hall.do(hall.gareth, "GET", f"/acts/{act}")
    assert (shown["appeal"]["outcome"], bool(shown["appeal"]["decided_at"])) == ("overturned", True)
    told = await hall.stored(column(notifications, "account_id", "kind").where(notifications.c.object_id == act))
    assert sorted(row.kind for row in told if row.account_id == hall.gareth.id) == [
        "act.concerns_me",
        "appeal.answered",
    ]
    judge = village.browser(hall.olu)
    assert "Appeals that you judge" not in (await judge.get(f"/networks/{hall.place.slug}/reports")).text
    refused = await hall.ask(hall.olu, "POST", f"/acts/{act}/answer", {"outcome": "upheld", "answer": "It stands."})
    assert refused.status_code == 409
    for who in (hall.olu, hall.gareth):
        page = (await village.browser(who).get(f"/acts/{act}")).text
        assert ("The decision was taken back" in page, "Judge this appeal" in page) == (True, False)
        assert "The decision stands" not in page


async def test_the_site_answers_where_nobody_else_can_and_sees_nothing_of_it(village: Village) -> None:
    hall = await open_hall(village)
    overseer = await hall.overseer()
    act = await hall.hide(hall.amara, reason="He says that all are fools.")
    assert (await hall.ask(overseer, "GET", f"/acts/{act}")).status_code == 404
    own = (await village.browser(hall.gareth).get(f"/acts/{act}")).text
    assert "They can’t read the network" in own
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "Look at it again."})
    seen = await hall.do(overseer, "GET", f"/acts/{act}")
    assert (seen["html"], seen["reason"], seen["post_id"], seen["thread_id"]) == ("", "", None, None)
    page = village.browser(overseer)
    assert f'href="/acts/{act}"' in (await page.get("/notifications")).text
    shown = (await page.get("/site/appeals")).text + (await page.get(f"/acts/{act}")).text
    assert "Look at it again." in shown
    for words in ("Only fools", "all are fools", "Night rota"):
        assert words not in shown
    answer = {"outcome": "upheld", "answer": "It stands."}
    done = await page.post(f"/acts/{act}/answer", data=answer)
    assert done.status_code == 303
    assert (await hall.read(hall.maeve))["hidden_rule"] == "abuse"
    assert (await hall.ask(overseer, "POST", f"/acts/{act}/answer", ANSWER)).status_code == 409
    assert "The decision stands" in (await village.browser(hall.gareth).get(f"/acts/{act}")).text


async def test_somebody_removed_may_still_appeal_and_learns_no_name(village: Village) -> None:
    hall = await open_hall(village, "secret")
    act = await hall.hide(hall.priya)
    await village.remove(hall.place.id, hall.gareth)
    page = (await village.browser(hall.gareth).get(f"/acts/{act}")).text
    assert "Only fools would ask" in page  # their own words stay theirs
    for words in (hall.place.name, "Night rota", "Priya"):
        assert words not in page
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "Why?"})
    await hall.do(hall.amara, "POST", f"/acts/{act}/answer", ANSWER)
    undone = await hall.hide(hall.priya)
    await hall.do(hall.priya, "POST", f"/acts/{undone}/undo", {})
    late = await hall.ask(hall.gareth, "POST", f"/acts/{undone}/appeal", {"words": "Why?"})
    assert late.status_code == 409


async def test_a_silence_is_appealed_against_and_ends(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/silence"
    assert (await hall.ask(hall.amara, "PUT", path, {"hours": 24, "reason": "Off topic."})).status_code < 300
    words = {"body": "May I speak?"}
    assert (await hall.ask(hall.gareth, "POST", f"/threads/{hall.thread}/posts", words)).status_code == 403
    (row,) = await hall.stored(column(acts, "id").where(acts.c.account_id == hall.gareth.id))
    await hall.do(hall.gareth, "POST", f"/acts/{row.id}/appeal", {"words": "I was on topic."})
    await hall.do(hall.olu, "POST", f"/acts/{row.id}/answer", ANSWER)
    assert (await hall.ask(hall.gareth, "POST", f"/threads/{hall.thread}/posts", words)).status_code == 201


@pytest.mark.parametrize("status", ["removed", "banned"])
async def test_who_is_removed_appeals_and_belongs_again(village: Village, status: str) -> None:
    hall = await open_hall(village, "secret")
    await village.join(hall.place.id, hall.olu, "administrator")
    member = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    await hall.do(hall.amara, "PATCH", member, {"status": status, "reason": "He shouts."})
    (row,) = await hall.stored(column(acts, "id").where(acts.c.account_id == hall.gareth.id))
    page = (await village.browser(hall.gareth).get(f"/acts/{row.id}")).text
    assert ("He shouts." in page, "You may appeal once" in page) == (True, True)
    assert hall.place.name not in page
    lines = (await hall.do(hall.gareth, "GET", "/me/notifications"))["items"]
    assert [line["url"].endswith(f"/acts/{row.id}") for line in lines if line["kind"] == "membership.ended"] == [True]
    # Moderators see it, and have no say about who belongs.
    assert (await hall.ask(hall.priya, "POST", f"/acts/{row.id}/undo", {})).status_code == 403
    assert (await hall.ask(hall.maeve, "GET", f"/acts/{row.id}")).status_code == 404
    await hall.do(hall.gareth, "POST", f"/acts/{row.id}/appeal", {"words": "I speak loudly, that is all."})
    assert (await hall.ask(hall.amara, "POST", f"/acts/{row.id}/answer", ANSWER)).status_code == 403
    await hall.do(hall.olu, "POST", f"/acts/{row.id}/answer", ANSWER)
    thread = await hall.do(hall.gareth, "GET", f"/threads/{hall.thread}")
    assert thread["title"] == "Night rota"
    log = await hall.stored(logged_about(hall.gareth.id))
    kind = "ban" if status == "banned" else "expel"
    assert [each.act for each in log if each.act.startswith("account")] == [
        "account.appealed",
        f"account.{kind}_undone",
        "account.appeal_overturned",
    ]


async def test_a_ban_that_is_lifted_leaves_nothing_to_appeal_against(village: Village) -> None:
    hall = await open_hall(village)
    member = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    await hall.do(hall.amara, "PATCH", member, {"status": "banned", "reason": ""})
    await hall.do(hall.amara, "PATCH", member, {"status": "removed"})
    (row,) = await hall.stored(column(acts, "id").where(acts.c.account_id == hall.gareth.id))
    late = await hall.ask(hall.gareth, "POST", f"/acts/{row.id}/appeal", {"words": "Why?"})
    assert late.status_code == 409
    # Somebody who only asked to join and is kept out is brought no further than to asking.
    await hall.do(hall.olu, "PUT", f"/networks/{hall.place.slug}/members/me", {"words": "Let me in"})
    asking = f"/networks/{hall.place.slug}/members/{hall.olu.id}"
    await hall.do(hall.amara, "PATCH", asking, {"status": "banned", "reason": "Known."})
    (act,) = await hall.stored(column(acts, "id").where(acts.c.account_id == hall.olu.id))
    await hall.do(hall.amara, "POST", f"/acts/{act.id}/undo", {})
    assert (await hall.ask(hall.olu, "GET", f"/threads/{hall.thread}")).status_code == 404
    again = await hall.ask(hall.olu, "PUT", f"/networks/{hall.place.slug}/members/me", {"words": "Please"})
    assert again.status_code == 202


async def test_a_later_ban_stands_where_the_removal_before_it_is_undone(village: Village) -> None:
    hall = await open_hall(village)
    member = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    for status in ("removed", "banned"):
        await hall.do(hall.amara, "PATCH", member, {"status": status, "reason": "He shouts."})
    (expelled,) = await hall.stored(
        column(acts, "id").where(acts.c.account_id == hall.gareth.id, acts.c.kind == "expel")
    )
    assert (await hall.ask(hall.amara, "POST", f"/acts/{expelled.id}/undo", {})).status_code == 409
    assert (await hall.ask(hall.gareth, "GET", f"/threads/{hall.thread}")).status_code == 404


@pytest.mark.parametrize("way", ["appealed", "undone"])
@pytest.mark.parametrize("status", ["removed", "banned"])
async def test_who_has_closed_their_account_comes_back_nowhere(village: Village, status: str, way: str) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    member = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    await hall.do(hall.amara, "PATCH", member, {"status": status, "reason": "He shouts."})
    (act,) = await hall.stored(column(acts, "id").where(acts.c.account_id == hall.gareth.id))
    await hall.do(hall.gareth, "POST", f"/acts/{act.id}/appeal", {"words": "I never did."})
    viewer = await village.viewer(hall.gareth)
    async with village.state.transaction() as tx:
        await close_own_account(tx, viewer, name_stays=True)
    judge = (await village.browser(hall.olu).get(f"/acts/{act.id}")).text
    assert "Their account is closed, so nobody reads these words." in judge
    assert "Gareth Williams reads this" not in judge
    answered = hall.ask(hall.olu, "POST", f"/acts/{act.id}/answer", ANSWER)
    undone = hall.ask(hall.amara, "POST", f"/acts/{act.id}/undo", {})
    answers = [await each for each in ((answered, undone) if way == "appealed" else (undone, answered))]
    assert [answer.status_code for answer in answers] == [200, 409]
    standing = column(memberships, "status").where(
        memberships.c.account_id == hall.gareth.id, memberships.c.network_id == hall.place.id, memberships.c.current
    )
    assert [row.status for row in await hall.stored(standing)] == [status]
    names = [each["account"]["name"] for each in (await hall.do(hall.amara, "GET", f"{member[:-37]}"))["items"]]
    assert "Gareth Williams" not in names


NOBODY = "nobody but whoever decided administers this network or this site"


@pytest.mark.parametrize("kind", ["post", "card"])
async def test_an_appeal_that_nobody_can_answer_says_so_and_waits_for_somebody(village: Village, kind: str) -> None:
    hall = await open_hall(village)
    others = await _alone_on_the_site(village, hall.amara.id)
    try:
        act = await hall.hide(hall.amara) if kind == "post" else await _remove_card(hall)
        browser = village.browser(hall.gareth)
        before = (await browser.get(f"/acts/{act}")).text
        assert NOBODY in before
        for promise in ("look after the whole site answer", "and you get their answer", "not your post"):
            assert promise not in before
        await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
        after = (await browser.get(f"/acts/{act}")).text
        assert ("Nobody can answer it yet" in after, "will answer it" in after) == (True, False)
        await tell_judges(village.state)
        assert await _told(hall, act) == set()
        # There is another administrator of the site: they are told, once, and answer.
        await _look_after_the_site(village, hall.maeve.id, does=True)
        for _ in range(2):
            await tell_judges(village.state)
        assert await _told(hall, act) == {hall.maeve.id}
        lines = (await hall.do(hall.maeve, "GET", "/me/notifications"))["items"]
        assert [line["kind"] for line in lines].count("appeal.made") == 1
        assert "An administrator of the site will answer it" in (await browser.get(f"/acts/{act}")).text
        await hall.do(hall.maeve, "POST", f"/acts/{act}/answer", ANSWER)
        assert (await hall.do(hall.gareth, "GET", f"/acts/{act}"))["appeal"]["outcome"] == "overturned"
    finally:
        for person in (hall.maeve, hall.amara):
            await _look_after_the_site(village, person.id, does=False)
        for account_id in others:
            await _look_after_the_site(village, account_id, does=True)


async def _remove_card(hall: Hall) -> str:
    card = await make(hall.village, hall.gareth, hall.place)
    await hall.do(hall.amara, "DELETE", f"/cards/{card['id']}", {"reason": "Old."})
    (found,) = await hall.stored(column(acts, "id").where(acts.c.card_id == card["id"]))
    return str(found.id)


async def _told(hall: Hall, act: str) -> set[str]:
    this = (notifications.c.object_id == act, notifications.c.kind == "appeal.made")
    return {row.account_id for row in await hall.stored(column(notifications, "account_id").where(*this))}


async def _alone_on_the_site(village: Village, account_id: str) -> list[str]:
    """This person alone looks after the site, in the database that other tests use as well; who did before."""
    async with village.state.database.read() as connection:
        before = list(await connection.scalars(select(accounts.c.id).where(accounts.c.site_administrator)))
    for each in before:
        await _look_after_the_site(village, each, does=False)
    await _look_after_the_site(village, account_id, does=True)
    return before


async def _look_after_the_site(village: Village, account_id: str, *, does: bool) -> None:
    async with village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.id == account_id).values(site_administrator=does))


async def test_an_appeal_about_what_was_not_let_through_is_logged_as_about_a_post(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    await hall.do(
        hall.amara,
        "PUT",
        f"/networks/{hall.place.slug}/members/{hall.gareth.id}/hold",
        {"reason": "Let us read first."},
    )
    waits = await hall.do(hall.gareth, "POST", f"/threads/{hall.thread}/posts", {"body": "Only fools ask."})
    held_id = waits["id"]
    await hall.do(hall.amara, "POST", f"/networks/{hall.place.slug}/held/{held_id}/rejection", {"reason": "No."})
    (act,) = await hall.stored(column(acts, "id").where(acts.c.kind == "reject", acts.c.account_id == hall.gareth.id))
    await hall.do(hall.gareth, "POST", f"/acts/{act.id}/appeal", {"words": "It was a joke."})
    body = {"outcome": "overturned", "answer": "So it was."}
    await hall.do(hall.olu, "POST", f"/acts/{act.id}/answer", body)
    done = [row.act for row in await hall.stored(logged_about(held_id))]
    assert {"post.appealed", "post.reject_undone", "post.appeal_overturned"} <= set(done)
    assert [row for row in await hall.stored(logged_about(hall.thread)) if "appeal" in row.act] == []
