"""Going is a process: what somebody holds is shown and handed on, and no network is left without an administrator."""

import asyncio

import httpx2
from sqlalchemy import insert, select

from forum.tables import audit_rows, audit_words, held_posts, invitations
from ground.columns import new_id, now
from tests.forum.networks.caller import Caller
from tests.forum.networks.test_pages import path_of, sent, shown
from tests.forum.threads.village import Place, Village, Villager


async def statuses(village: Village, viewer: Villager, place: Place, status: str) -> list[str]:
    answer = await village.program(viewer).get(f"/api/v1/networks/{place.slug}/members?status={status}")
    return [str(each["address"] or each["account"]["name"]) for each in answer.json()["items"]]


async def invite(village: Village, person: Villager, place: Place, address: str) -> None:
    body = {"emails": [address]}
    answer = await village.program(person).post(f"/api/v1/networks/{place.slug}/invitations", json=body)
    assert answer.json()["items"][0]["status"] == "sent"


async def leave(village: Village, person: Villager, place: Place, **query: str) -> httpx2.Response:
    return await village.program(person).delete(f"/api/v1/networks/{place.slug}/members/me", params=query)


async def role_of(village: Village, person: Villager, place: Place) -> str | None:
    return (await village.viewer(person)).role_in(place.id)


async def test_the_last_administrator_names_another_on_the_page(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    await invite(village, amara, place, "bao@example.org")
    browser, path = village.browser(amara), path_of(place, "/departure")
    page = await shown(browser, path)
    assert "Who becomes administrator?" in page
    assert "one invitation that waits for an answer" in page
    assert f'<option value="{gareth.id}">Gareth Williams</option>' in page
    nobody = await sent(browser, path, 403, heir="")
    assert "You are the last administrator" in nobody.text
    stranger = await village.person("Maeve Brennan")
    for wrong in (stranger.id, amara.id):
        again = await sent(browser, path, 422, heir=wrong)
        assert "Choose somebody who is a member" in again.text
    await sent(browser, path, 422, heir="x' OR 1=1")
    await sent(browser, path, heir=gareth.id)
    assert await role_of(village, amara, place) is None
    assert await role_of(village, gareth, place) == "administrator"
    lines = (await village.program(gareth).get("/api/v1/me/notifications")).json()["items"]
    assert [line["kind"] for line in lines].count("role.changed") == 1
    assert (await village.program(priya).get("/api/v1/me/notifications")).json()["items"] == []
    assert await statuses(village, gareth, place, "invited") == ["bao@example.org"]  # it passed on with the role


async def test_without_an_heir_what_was_held_ends(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    await village.join(place.id, gareth, "administrator")
    await invite(village, amara, place, "bao@example.org")
    page = await shown(village.browser(amara), path_of(place, "/departure"))
    assert "Nobody: it ends" in page
    assert (await leave(village, amara, place)).status_code == 204
    assert await statuses(village, gareth, place, "invited") == []


async def cancelled(village: Village, place: Place) -> list[tuple[str, str | None, str, str]]:
    """Of each invitation that the log says was cancelled: its id, by whom, in which role, and its address."""
    asked = (
        select(audit_rows.c.object_id, audit_rows.c.actor_id, audit_rows.c.role, audit_words.c.word)
        .join(audit_words, (audit_words.c.row_id == audit_rows.c.id) & (audit_words.c.name == "address"))
        .where(audit_rows.c.chain == place.id, audit_rows.c.act == "invitation.cancelled")
        .where(audit_rows.c.object_kind == "invitation", audit_rows.c.subject_id.is_(None))
        .order_by(audit_rows.c.number)
    )
    async with village.state.database.read() as connection:
        return [tuple(row) for row in await connection.execute(asked)]


async def test_each_invitation_that_ends_with_a_role_stands_in_the_log(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara)
    for person in (gareth, priya):
        await village.join(place.id, person, "administrator")
        for name in ("bao", "cem"):
            await invite(village, person, place, f"{name}-{person.id}@example.org")
    async with village.state.database.read() as connection:
        asked = select(invitations.c.address, invitations.c.id).where(invitations.c.network_id == place.id)
        ids = {row.address: row.id for row in await connection.execute(asked)}
    await sent(village.browser(amara), path_of(place, f"/members/{gareth.id}/role"), role="moderator", heir="")
    first = [f"{name}-{gareth.id}@example.org" for name in ("bao", "cem")]
    expected = [(ids[address], amara.id, "administrator", address) for address in first]
    assert await cancelled(village, place) == expected
    # Passed on, none of them ends; and who goes by themselves was an administrator until then.
    await invite(village, amara, place, "dia@example.org")
    assert (await leave(village, priya, place)).status_code == 204
    second = [f"{name}-{priya.id}@example.org" for name in ("bao", "cem")]
    expected += [(ids[address], priya.id, "administrator", address) for address in second]
    assert await cancelled(village, place) == expected
    page = await shown(village.browser(amara), path_of(place, "/log?kind=invitations"))
    assert f"cancelled the invitation of {first[0]}" in page


async def test_only_an_administrator_makes_an_heir_of_anybody(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    refused = await leave(village, gareth, place, heir=priya.id)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "heir")
    assert await role_of(village, priya, place) == "member"
    assert (await leave(village, gareth, place, heir=amara.id)).status_code == 204
    assert (await leave(village, priya, place, other="1")).status_code == 422


async def test_who_removes_takes_over_unless_they_say_otherwise(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara)
    for person in (gareth, priya):
        await village.join(place.id, person, "administrator")
        await invite(village, person, place, f"{person.id}@example.org")
    browser, member = village.browser(amara), path_of(place, f"/members/{gareth.id}")
    assert "Remove…" in await shown(browser, member)
    page = await shown(browser, f"{member}/removal")
    assert "Gareth Williams holds" in page
    assert f'<option value="{amara.id}" selected>You</option>' in page
    again = await sent(browser, f"{member}/removal", 422, heir="nobody", reason="They moved on")
    assert "They moved on" in again.text
    await sent(browser, f"{member}/removal", heir=amara.id, reason="They moved on")
    assert await statuses(village, amara, place, "invited") == [
        f"{person.id}@example.org" for person in (priya, gareth)
    ]
    await sent(browser, path_of(place, f"/members/{priya.id}/ban"), heir="", reason="Enough")
    assert await statuses(village, amara, place, "invited") == [f"{gareth.id}@example.org"]


async def test_a_role_that_is_taken_away_takes_its_things_along(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    await village.join(place.id, gareth, "administrator")
    await invite(village, gareth, place, "bao@example.org")
    path = path_of(place, f"/members/{gareth.id}")
    page = await shown(village.browser(amara), path)
    assert "Gareth Williams holds" in page
    assert f'<option value="{amara.id}" selected>You</option>' in page
    assert '<option value="" selected>Nobody: it ends</option>' in await shown(village.browser(gareth), path)
    await sent(village.browser(amara), f"{path}/role", role="moderator", heir=amara.id)
    assert await statuses(village, amara, place, "invited") == ["bao@example.org"]


async def test_an_administrator_does_not_remove_herself(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    await village.join(place.id, gareth, "administrator")
    browser = village.browser(amara)
    for page in ("removal", "ban"):
        path = path_of(place, f"/members/{amara.id}/{page}")
        assert "You can’t remove yourself" in await shown(browser, path)
        refused = await sent(browser, path, 403, reason="Enough")
        assert "You can leave the network instead." in refused.text
    assert await role_of(village, amara, place) == "administrator"


async def test_who_is_removed_or_banned_is_told_why(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    await village.join(place.id, gareth, "administrator")
    await invite(village, gareth, place, f"{gareth.id}@example.org")
    browser = village.browser(amara)
    for act in ("removal", "ban"):
        path = path_of(place, f"/members/{gareth.id}/{act}")
        assert "(optional)" not in await shown(browser, path)
        for missing in ({}, {"reason": "  "}):
            page = await sent(browser, path, 422, heir="", **missing)
            assert page.text.count("Say why: they are told your words") >= 1
            assert '<option value="" selected>' in page.text  # what was chosen stays
            assert f'<option value="{amara.id}" selected>' not in page.text
    assert await role_of(village, gareth, place) == "administrator"


async def test_of_two_who_remove_each_other_at_once_one_stays(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    for _ in range(3):
        place = await village.network(amara)
        for person in (gareth, priya):
            await village.join(place.id, person, "administrator")
        answers = await asyncio.gather(
            *(
                village.browser(who).post(path_of(place, f"/members/{whom.id}/removal"), data={"reason": "Enough"})
                for who, whom in ((amara, gareth), (gareth, amara))
            )
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes in ([303, 403], [303, 404]), codes
        roles = [await role_of(village, person, place) for person in (amara, gareth)]
        assert sorted(roles, key=str) == [None, "administrator"] or sorted(map(str, roles)) == ["None", "administrator"]


async def test_two_last_administrators_who_leave_to_each_other_do_not_both_go(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    await village.join(place.id, gareth, "administrator")
    answers = await asyncio.gather(
        leave(village, amara, place, heir=gareth.id), leave(village, gareth, place, heir=amara.id)
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 204
    assert codes[1] in (403, 422)


async def test_access_ends_at_once_everywhere(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place)
    program, browser = village.program(gareth), village.browser(gareth)
    fields = {"body": "Words"}

    async def write() -> set[int]:
        answers = [await program.post(f"/api/v1/threads/{thread}/posts", json=fields) for _ in range(12)]
        return {answer.status_code for answer in answers}

    path = path_of(place, f"/members/{gareth.id}/ban")
    written, banned = await asyncio.gather(write(), village.browser(amara).post(path, data={"reason": "Enough"}))
    assert banned.status_code == 303
    assert written <= {201, 403, 404}
    assert (await program.post(f"/api/v1/threads/{thread}/posts", json=fields)).status_code == 404
    assert (await browser.get(f"/threads/{thread}")).status_code == 404


async def test_what_waits_for_a_moderator_waits_no_longer(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    row = {"id": new_id(), "network_id": place.id, "title": "T", "body": "B", "author_id": gareth.id}
    async with village.state.transaction() as tx:
        await tx.execute(insert(held_posts), row | {"created_at": now(), "why": "newcomer"})
    page = await shown(village.browser(gareth), path_of(place, "/departure"))
    assert "one post that waits for a moderator" in page
    assert "Who takes this over?" not in page  # nobody else can
    assert (await leave(village, gareth, place)).status_code == 204
    async with village.state.database.read() as connection:
        outcome = await connection.scalar(select(held_posts.c.outcome).where(held_posts.c.id == row["id"]))
    assert outcome == "lapsed"


def test_the_api_hands_on_too(amara: Caller, gareth: Caller, helen: Caller) -> None:
    network = amara.make("closed")
    for person in (gareth, helen):
        amara.admit(network, person)
    amara.decide(network, gareth, role="administrator")
    assert gareth.invite(network, "someone@example.org") == ["sent"]
    wrong = amara.decide(network, gareth, status="removed", heir=helen.me)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "heir")
    assert amara.decide(network, gareth, status="removed", heir=amara.me).status_code == 200
    assert [each["address"] for each in amara.members(network, status="invited")] == ["someone@example.org"]
