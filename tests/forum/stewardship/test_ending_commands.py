"""Archived networks are read and added to by nobody; deleted ones wait for two weeks, and can be kept until then."""

import asyncio

import httpx2
from sqlalchemy import select

from forum.audit import find_broken
from forum.stewardship.worker import LETTERS
from forum.tables import audit_rows
from tests.forum.threads.village import Place, Village, Villager

READ_ONLY = "nobody writes or shares anything in it"


async def call(village: Village, who: Villager, method: str, path: str, **body: object) -> httpx2.Response:
    return await village.program(who).request(method, f"/api/v1{path}", json=body or None)


async def acts_of(village: Village, place: Place) -> list[str]:
    async with village.state.database.read() as connection:
        rows = await connection.scalars(
            select(audit_rows.c.act).where(audit_rows.c.chain == place.id).order_by(audit_rows.c.number)
        )
        assert [broken async for broken in find_broken(connection) if place.id in broken] == []
        return list(rows)


async def test_an_archived_network_is_read_and_added_to_by_nobody(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(gareth, place, "Before")
    post = await village.reply(gareth, place, thread, "Said before.")
    await call(village, maeve, "PUT", f"/networks/{place.slug}/members/me", words="Let me in.")
    browser = village.browser(amara)
    answer = await browser.post(f"/networks/{place.slug}/archive", data={"archived": "yes"})
    assert answer.status_code == 303

    refused = [
        (gareth, "POST", f"/networks/{place.slug}/threads", {"title": "New", "body": "Words"}),
        (gareth, "POST", f"/threads/{thread}/posts", {"body": "Words"}),
        (amara, "POST", f"/threads/{thread}/posts", {"body": "Words @Gareth", "reply_to": post}),
        (gareth, "PATCH", f"/posts/{post}", {"body": "Other words"}),
        (gareth, "PATCH", f"/threads/{thread}", {"title": "Another"}),
        (amara, "PATCH", f"/threads/{thread}", {"pinned": True}),
        (amara, "PATCH", f"/threads/{thread}", {"locked": True}),
        (maeve, "PUT", f"/networks/{place.slug}/members/me", {"words": "Again."}),
        (amara, "PATCH", f"/networks/{place.slug}/members/{maeve.id}", {"status": "active"}),
        (amara, "POST", f"/networks/{place.slug}/announcements", {"title": "All", "body": "Words"}),
    ]
    for who, method, path, body in refused:
        answer = await call(village, who, method, path, **body)
        assert (answer.status_code, READ_ONLY in answer.text) == (403, True), (method, path, answer.text)
    assert (await call(village, gareth, "DELETE", f"/networks/{place.slug}/archive")).status_code == 403
    assert (await call(village, amara, "DELETE", f"/networks/{place.slug}/archive")).json()["archived_at"] is None
    assert (await call(village, gareth, "POST", f"/threads/{thread}/posts", body="Again.")).status_code == 201
    acts = [act for act in await acts_of(village, place) if act.startswith("network.")]
    assert acts[-2:] == ["network.archived", "network.brought_back"]


async def test_an_archived_network_says_so_and_protects_people(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(gareth, place, "Before")
    post = await village.reply(gareth, place, thread, "Said before.")
    await call(village, amara, "PUT", f"/networks/{place.slug}/archive")
    for who in (amara, gareth):
        page = (await village.browser(who).get(f"/threads/{thread}")).text
        assert "archived since" in page
        assert "data-composer" not in page
    lines = (await call(village, gareth, "GET", "/me/notifications")).json()["items"]
    told = [line["text"] for line in lines if line["kind"].startswith("network.")]
    assert told == [f"{place.name} is archived: it can be read, and nobody adds to it any more"]
    assert "This network is archived" in (await village.browser(gareth).get(f"/networks/{place.slug}")).text
    shown = (await call(village, gareth, "GET", f"/networks/{place.slug}")).json()
    assert shown["archived_at"]
    assert (await call(village, maeve, "GET", f"/networks/{place.slug}")).json()["archived_at"] is None

    # What protects people goes on.
    assert (await call(village, amara, "POST", f"/posts/{post}/removal", reason="Names a patient")).status_code == 200
    assert (await call(village, priya, "DELETE", f"/networks/{place.slug}/members/me")).status_code == 204
    member = f"/networks/{place.slug}/members/{gareth.id}"
    assert (await call(village, amara, "PATCH", member, role="moderator")).status_code == 200
    assert (await call(village, amara, "PATCH", member, status="removed")).status_code == 200
    inviting = {"emails": ["someone.new@example.org"]}
    invited = await call(village, amara, "POST", f"/networks/{place.slug}/invitations", **inviting)
    assert (invited.status_code, READ_ONLY in invited.text) == (403, True)


async def test_nothing_is_written_after_an_answer_that_it_is_archived(village: Village) -> None:
    """Replies and the archiving at once: whoever had 201 stands there, and nobody has it afterwards."""
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place)
    writing = [call(village, gareth, "POST", f"/threads/{thread}/posts", body=f"Words {n}") for n in range(12)]
    answers = await asyncio.gather(
        *writing[:6], call(village, amara, "PUT", f"/networks/{place.slug}/archive"), *writing[6:]
    )
    written = sum(answer.status_code == 201 for answer in answers)
    assert {answer.status_code for answer in answers} <= {200, 201, 403}
    kept = (await call(village, gareth, "GET", f"/threads/{thread}")).json()["post_count"]
    assert kept == written + 1
    assert (await call(village, gareth, "POST", f"/threads/{thread}/posts", body="After")).status_code == 403


async def test_a_network_is_deleted_in_two_weeks_or_kept(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place)
    browser, path = village.browser(amara), f"/networks/{place.slug}/deletion"
    wrong = await browser.post(path, data={"confirm": "Another name"})
    assert (wrong.status_code, "type the name of the network" in wrong.text) == (422, True)
    assert "Another name" in wrong.text
    for _ in range(2):
        assert (await browser.post(path, data={"confirm": f" {place.name.upper()} "})).status_code == 303
    assert (await call(village, gareth, "POST", f"/threads/{thread}/posts", body="After")).status_code == 403
    assert "will be deleted on" in (await village.browser(gareth).get(f"/networks/{place.slug}")).text
    assert (await call(village, amara, "PUT", f"/networks/{place.slug}/archive")).status_code == 403
    going = {"letter": "network_going", "network_id": place.id, "account_id": gareth.id}
    async with village.state.transaction() as tx:
        letter = await LETTERS["network_going"](village.state, tx, going)
        assert letter is not None
        assert letter.subject == f"{place.name} will be deleted"
        assert await LETTERS["network_stays"](village.state, tx, going) is None
    assert (await browser.post(f"{path}/undo")).status_code == 303
    assert (await call(village, gareth, "POST", f"/threads/{thread}/posts", body="After")).status_code == 201
    async with village.state.transaction() as tx:
        assert await LETTERS["network_going"](village.state, tx, going) is None
        assert await LETTERS["network_stays"](village.state, tx, going) is not None
    await village.remove(place.id, gareth)
    async with village.state.transaction() as tx:
        assert await LETTERS["network_stays"](village.state, tx, going) is None
