"""A removal that is undone gives the membership back as it was: since when, the role, what was read and wished for."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select

from forum.audit_log.asked_queries import Asked
from forum.audit_log.audience_queries import find_thread, read_audience
from forum.audit_log.audience_spans import Span
from forum.network_reads import get_network
from forum.tables import addressed_posts, audit_rows, memberships, network_watches, networks, read_states, watches
from ground.columns import now
from tests.forum.accounts.visitor import wait_for_mail, words_of
from tests.forum.moderation.hall import Hall, column
from tests.forum.threads.test_moving_commands import is_right, move, unread
from tests.servers.confer import ConferServer

_AS_IT_WAS = ("id", "role", "since", "baseline", "visited_at", "hold_left", "silenced_until", "left_at", "ended_at")


async def standing(hall: Hall) -> Any:
    asked = column(memberships, *_AS_IT_WAS).where(
        memberships.c.account_id == hall.gareth.id, memberships.c.network_id == hall.place.id, memberships.c.current
    )
    (row,) = await hall.stored(asked)
    return row


async def marks(hall: Hall) -> list[Any]:
    """What is kept of reading and wishes, to be compared."""
    mine = hall.gareth.id
    read = await hall.stored(column(read_states, "thread_id", "ranges").where(read_states.c.account_id == mine))
    wished = await hall.stored(column(watches, "thread_id", "level").where(watches.c.account_id == mine))
    mail = await hall.stored(column(network_watches, "level", "mail").where(network_watches.c.account_id == mine))
    return [sorted(map(str, read)), sorted(map(str, wished)), sorted(map(str, mail))]


async def remove(hall: Hall, status: str = "removed") -> str:
    """Gareth, by Amara; the act's id."""
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    await hall.do(hall.amara, "PATCH", path, {"status": status, "reason": "A slip."})
    page = (await village_page(hall, f"/networks/{hall.place.slug}/members/{hall.gareth.id}")).split('href="/acts/')
    assert len(page) == 2, "the page about them leads to undoing it"
    return page[1][:36]


async def village_page(hall: Hall, path: str) -> str:
    return str((await hall.village.browser(hall.amara).get(path)).text)


@pytest.mark.parametrize("status", ["removed", "banned"])
async def test_the_membership_goes_on_as_it_was(status: str, hall: Hall, server: ConferServer) -> None:
    village, gareth, place = hall.village, hall.gareth, hall.place
    await hall.do(hall.amara, "PATCH", f"/networks/{place.slug}/members/{gareth.id}", {"role": "moderator"})
    other = await village.thread(hall.maeve, place, "Handover")
    for number in range(2, 6):
        await village.reply(hall.maeve, place, other, f"Note {number}.")
    await hall.do(gareth, "PUT", f"/threads/{other}/read", {"ranges": [[1, 2], [4, 4]]})
    await hall.do(gareth, "PUT", f"/threads/{hall.thread}/watch", {"level": "mute"})
    wish = {"id": place.id, "level": "watch", "mail": "at_once"}
    await hall.do(gareth, "PUT", "/me/notifications/settings", {"networks": [wish]})
    before, kept, was_unread = await standing(hall), await marks(hall), await unread(village, gareth, place)
    assert was_unread
    act = await remove(hall, status)
    answer = await village.reply(hall.maeve, place, hall.thread, "To you.", hall.post)
    await village.thread(hall.amara, place, "Begun meanwhile")
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert await standing(hall) == before
    assert await marks(hall) == kept
    # What was written in between is there, and unread as for any member.
    assert await unread(village, gareth, place) == was_unread + 2
    await is_right(village, place, gareth)
    assert (await hall.read(gareth, answer))["html"]
    waiting = column(addressed_posts, "post_id").where(addressed_posts.c.account_id == gareth.id)
    assert [row.post_id for row in await hall.stored(waiting)] == [answer]
    await _says_what_happened(hall, server)
    (counted,) = await hall.stored(column(networks, "member_count").where(networks.c.id == place.id))
    assert counted.member_count == 4


async def _says_what_happened(hall: Hall, server: ConferServer) -> None:
    lines = (await hall.do(hall.gareth, "GET", "/me/notifications"))["items"]
    said = f"Your removal from {hall.place.name} was undone: you are a member again"
    assert said in [line["text"] for line in lines]
    own = hall.village.browser(hall.gareth)
    page = (await own.get("/notifications")).text
    assert (said in page, "no longer kept out" in page) == (True, False)
    (leads,) = [line["url"] for line in lines if line["text"] == said]
    assert "This was undone: you are a member again." in (await own.get(leads)).text
    address = (await hall.village.viewer(hall.gareth)).account.email  # type: ignore[union-attr]
    about = f"You are a member of {hall.place.name} again"
    mail = await asyncio.to_thread(wait_for_mail, server, address, about=about)
    words = " ".join(words_of(mail).split())
    assert f"Your removal from {hall.place.name} was undone: you are a member again, as its moderator." in words
    assert "kept out" not in words
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    history = await village_page(hall, path)
    removed, undone = history.index("A slip."), history.index("Removal undone by Amara Okafor: a moderator again")
    assert undone < removed
    steps = (await hall.do(hall.amara, "GET", f"{path}/history"))["items"]
    assert (steps[0]["status"], steps[0]["door"]) == ("active", "undone")
    assert steps[1]["status"] in ("removed", "banned")
    log = await village_page(hall, f"/networks/{hall.place.slug}/log")
    assert "made Gareth Williams a member again, as before the removal" in log


async def test_what_moved_meanwhile_is_counted_right(hall: Hall) -> None:
    village, gareth, place = hall.village, hall.gareth, hall.place
    there = await village.network(hall.amara, [hall.maeve])
    for title in ("Leaves", "Stays"):
        thread = await village.thread(hall.maeve, place, title)
        for number in range(2, 5):
            await village.reply(hall.maeve, place, thread, f"Note {number}.")
        await hall.do(gareth, "PUT", f"/threads/{thread}/read", {"ranges": [[2, 3]]})
        if title == "Leaves":
            leaving = thread
    coming = await village.thread(hall.maeve, there, "Comes", "Hello.")
    act = await remove(hall)
    await move(village, hall.amara, leaving, there)
    await move(village, hall.amara, coming, place)
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    await is_right(village, place, gareth)
    assert (await hall.ask(gareth, "GET", f"/threads/{leaving}")).status_code == 404
    await move(village, hall.amara, leaving, place)
    await is_right(village, place, gareth)


async def test_who_could_see_it_then_leaves_out_the_time_between(hall: Hall) -> None:
    before = now()
    act = await remove(hall)
    between = now()
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    after = now()
    assert [await _could_see(hall, moment) for moment in (before, between, after)] == [True, False, True]
    await remove(hall)
    assert [await _could_see(hall, moment) for moment in (before, between, after, now())] == [True, False, True, False]


async def _could_see(hall: Hall, moment: Any) -> bool:
    viewer = await hall.village.viewer(hall.amara)
    async with hall.village.state.database.read() as connection:
        network = (await get_network(connection, viewer, hall.place.slug)).network
        asked = await find_thread(connection, viewer, network, hall.thread)
        assert isinstance(asked, Asked)
        found = await read_audience(connection, viewer, network, asked, Span.moment(moment))
    return hall.gareth.id in {each.id for each in found.people}


async def test_an_older_removal_is_not_what_keeps_them_out(hall: Hall) -> None:
    older = await remove(hall)
    await hall.village.join(hall.place.id, hall.gareth)
    await remove(hall)
    assert (await hall.ask(hall.amara, "POST", f"/acts/{older}/undo", {})).status_code == 409
    assert (await hall.ask(hall.gareth, "GET", f"/threads/{hall.thread}")).status_code == 404


async def test_who_asks_again_is_answered_there(hall: Hall) -> None:
    act = await remove(hall)
    await hall.do(hall.gareth, "PUT", f"/networks/{hall.place.slug}/members/me", {"words": "Why?"})
    answer = await hall.ask(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert (answer.status_code, "asked to join again" in answer.text) == (409, True)


async def test_who_came_while_it_was_open_reads_no_more_than_those_who_stayed(hall: Hall) -> None:
    """Away as it was closed, they were not there to be marked: the undone removal opens nothing of before to them."""
    village, place = hall.village, hall.place
    network = f"/networks/{place.slug}"
    await hall.do(hall.amara, "PATCH", network, {"access": "open", "confirm": place.name})
    for person in (hall.olu, late := await village.person("Nia Ash")):
        await hall.do(person, "PUT", f"{network}/members/me", {})
    hall.gareth = hall.olu
    act = await remove(hall)
    await hall.do(hall.amara, "PATCH", network, {"access": "closed", "confirm": place.name})
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    for person in (hall.olu, late):
        assert (await hall.ask(person, "GET", f"/threads/{hall.thread}")).status_code == 404
    reads = column(memberships, "account_id", "reads_after").where(memberships.c.network_id == place.id)
    after = {row.account_id: row.reads_after for row in await hall.stored(reads)}
    assert after[hall.olu.id] == after[late.id] > 0
    (row,) = await hall.stored(column(networks, "apart_until").where(networks.c.id == place.id))
    assert row.apart_until == after[late.id]


async def test_the_log_tells_of_it_once_by_its_membership(hall: Hall) -> None:
    before = await standing(hall)
    act = await remove(hall)
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {"reason": "It was a slip."})
    asked = select(audit_rows.c.act, audit_rows.c.after).where(audit_rows.c.object_id == before.id)
    rows = await hall.stored(asked.order_by(audit_rows.c.number))
    assert [row.act for row in rows][-2:] == ["member.removed", "member.returned"]
    assert json.loads(rows[-1].after) == {"status": "active", "role": "member", "door": "undone"}
