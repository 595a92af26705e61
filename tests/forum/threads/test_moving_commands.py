"""A thread moves to another network: who reads it, what is unread, what numbers stay, and who writes meanwhile."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select

from forum.moderation.moving_letters import write_widened
from forum.records import Access
from forum.tables import (
    acts,
    audit_rows,
    memberships,
    moved_posts,
    moved_threads,
    networks,
    posts,
    read_states,
    threads,
)
from realtime.tables import outbox
from tests.forum.threads.village import Place, Village, Villager


async def unread(village: Village, person: Villager, place: Place) -> int:
    """What is new to this person in the network, by the count that their pages show."""
    found = (await village.viewer(person)).place_in(place.id)
    assert found is not None
    return found.unread


async def counted_anew(village: Village, person: Villager, place: Place) -> int:
    """The same, counted post by post."""
    async with village.state.database.read() as connection:
        standing = (
            await connection.execute(
                select(memberships.c.baseline).where(
                    memberships.c.account_id == person.id,
                    memberships.c.network_id == place.id,
                    memberships.c.current,
                )
            )
        ).one()
        rows = (
            await connection.execute(
                select(posts.c.thread_id, posts.c.number, posts.c.position).where(posts.c.network_id == place.id)
            )
        ).all()
        ranges: dict[str, Any] = {}
        states = await connection.execute(
            select(read_states.c.thread_id, read_states.c.ranges).where(read_states.c.account_id == person.id)
        )
        for thread_id, kept in states:
            ranges[thread_id] = json.loads(kept) if isinstance(kept, str) else kept
    return sum(
        position > standing.baseline and not any(a <= number <= b for a, b in ranges.get(thread_id, ()))
        for thread_id, number, position in rows
    )


async def is_right(village: Village, place: Place, *people: Villager) -> None:
    for person in people:
        assert await unread(village, person, place) == await counted_anew(village, person, place), person.name


async def move(village: Village, mover: Villager, thread_id: str, target: Place, code: int = 200) -> dict[str, Any]:
    body = {"network": target.slug, "reason": "It belongs there."}
    answer = await village.program(mover).post(f"/api/v1/threads/{thread_id}/move", json=body)
    assert answer.status_code == code, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_moved_thread_is_read_by_the_other_network_alone_and_all_counts_are_right(village: Village) -> None:
    ada, ben, cleo, dan = await village.people("Ada", "Ben", "Cleo", "Dan")
    source = await village.network(ada, [ben, cleo])
    target = await village.network(ada, [cleo, dan])
    stays = await village.thread(ada, source, "Stays")
    thread_id = await village.thread(ben, source, "Goes", "The zinnias.")
    for n in range(3):
        await village.reply(ada, source, thread_id, f"Reply {n}.")
    await village.reply(ada, source, thread_id, "What do you say, @Ben and @Cleo?")
    await village.reply(ada, source, stays)
    await village.thread(dan, target, "There before")
    await village.program(cleo).put(f"/api/v1/threads/{thread_id}/read", json={"ranges": [[1, 2], [4, 4]]})
    await village.program(ben).put(f"/api/v1/threads/{thread_id}/watch", json={"level": "watch"})
    before = {person.name: await unread(village, person, source) for person in (ada, ben, cleo)}
    moved = await move(village, ada, thread_id, target)
    assert (moved["network_id"], moved["number"], moved["post_count"]) == (target.id, 2, 5)
    # Who is not there finds nothing, at any of its addresses.
    for path in (f"/api/v1/threads/{thread_id}", f"/api/v1/threads/{thread_id}/posts"):
        assert (await village.program(ben).get(path)).status_code == 404
        assert (await village.program(dan).get(path)).status_code == 200
    assert (await village.browser(ben).get(f"/threads/{thread_id}")).status_code == 404
    assert "The zinnias." in (await village.browser(dan).get(f"/threads/{thread_id}")).text
    listed = (await village.program(ben).get(f"/api/v1/networks/{source.slug}/threads")).json()["items"]
    assert [each["id"] for each in listed] == [stays]
    # Ben had read one of five, Cleo three: what they had not read is not new to them here any more.
    assert await unread(village, ben, source) == before["Ben"] - 4
    assert await unread(village, cleo, source) == before["Cleo"] - 2
    assert await unread(village, dan, target) == 5
    shown = (await village.program(cleo).get(f"/api/v1/threads/{thread_id}")).json()
    assert shown["unread"] == 2
    await is_right(village, source, ada, ben, cleo)
    await is_right(village, target, ada, cleo, dan)
    # Ben is not called to what he can’t read; Cleo is.
    assert 'data-addressed="0"' in (await village.browser(ben).get("/about/privacy")).text
    assert 'data-addressed="1"' in (await village.browser(cleo).get("/about/privacy")).text


async def test_numbers_have_no_holes_and_both_logs_tell_of_it(village: Village) -> None:
    ada = await village.person("Ada")
    source, target = await village.network(ada), await village.network(ada)
    await village.thread(ada, source, "Stays")
    thread_id = await village.thread(ada, source, "Goes")
    await village.reply(ada, source, thread_id)
    await village.thread(ada, source, "Stays too")
    await move(village, ada, thread_id, target)
    # A mark stands for each.
    async with village.state.database.read() as connection:
        numbers = list(await connection.scalars(select(threads.c.number).where(threads.c.network_id == source.id)))
        marks = list(
            await connection.scalars(select(moved_threads.c.number).where(moved_threads.c.network_id == source.id))
        )
        places = list(await connection.scalars(select(posts.c.position).where(posts.c.network_id == source.id)))
        gone = list(
            await connection.scalars(select(moved_posts.c.position).where(moved_posts.c.network_id == source.id))
        )
        counts = (
            await connection.execute(
                select(networks.c.thread_count, networks.c.post_count).where(networks.c.id == source.id)
            )
        ).one()
        acts = set(await connection.scalars(select(audit_rows.c.act).where(audit_rows.c.object_id == thread_id)))
    assert sorted(numbers + marks) == list(range(1, counts.thread_count + 1))
    assert sorted(places + gone) == list(range(1, counts.post_count + 1))
    assert {"thread.move", "thread.moved_here"} <= acts


async def test_it_comes_back_as_it_was(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    source = await village.network(ada, [ben])
    target = await village.network(ada, [cleo])
    thread_id = await village.thread(ada, source, "Goes and comes")
    for n in range(4):
        await village.reply(ada, source, thread_id, f"Reply {n}.")
    await village.program(ben).put(f"/api/v1/threads/{thread_id}/read", json={"ranges": [[2, 3]]})
    await village.program(ben).put(f"/api/v1/threads/{thread_id}/watch", json={"level": "watch"})
    before = await unread(village, ben, source)
    await move(village, ada, thread_id, target)
    assert await unread(village, ben, source) == before - 3
    await village.reply(cleo, target, thread_id, "Written there.")
    # Meanwhile Ben marks everything as read that he sees.
    await village.thread(ada, source, "Another")
    await village.browser(ben).post(f"/networks/{source.slug}/reading", data={"position": "6", "show": "all"})
    await is_right(village, source, ada, ben)
    back = await move(village, ada, thread_id, source)
    assert (back["number"], back["post_count"]) == (1, 6)
    await is_right(village, source, ada, ben)
    await is_right(village, target, ada, cleo)
    assert (await village.program(cleo).get(f"/api/v1/threads/{thread_id}")).status_code == 404
    shown = (await village.program(ben).get(f"/api/v1/threads/{thread_id}")).json()
    assert shown["unread"] == 1  # what was written there; the rest he had marked as read
    again = await move(village, ada, thread_id, target)
    assert again["number"] == 1
    await is_right(village, target, ada, cleo)
    await is_right(village, source, ada, ben)


async def test_who_may_not(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    source = await village.network(ada, [ben])
    other = await village.network(ben, [ada])
    secret = await village.network(cleo, access="secret")
    thread_id = await village.thread(ben, source)
    await move(village, ben, thread_id, other, 403)  # he moderates where it would go, not where it is
    await move(village, ada, thread_id, other, 403)  # she is only a member there
    nothing = Place("", "no-such-network", "")
    hidden, none = [await move(village, ada, thread_id, place, 422) for place in (secret, nothing)]
    assert hidden["errors"] == none["errors"]
    await move(village, ada, thread_id, source, 422)
    await move(village, cleo, thread_id, secret, 404)


async def test_nothing_that_is_written_meanwhile_is_lost(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    source = await village.network(ada, [ben, cleo])
    target = await village.network(ada, [ben])
    thread_id = await village.thread(ada, source)
    both, one = village.program(ben), village.program(cleo)
    path = f"/api/v1/threads/{thread_id}/posts"

    async def write(client: Any, words: str) -> tuple[str, int]:
        return words, (await client.post(path, json={"body": words})).status_code

    tries = [write(client, f"{name} {n}.") for n in range(12) for client, name in ((both, "Ben"), (one, "Cleo"))]
    answers, _ = await asyncio.gather(asyncio.gather(*tries), move(village, ada, thread_id, target))
    written = {words for words, code in answers if code == 201}
    assert {code for _, code in answers} <= {201, 404}
    assert {f"Ben {n}." for n in range(12)} <= written  # he may write in both, and his posts follow the thread
    there = (await village.program(ada).get(path, params={"limit": 100})).json()["items"]
    assert {post["body"] for post in there} == written | {"First words."}
    assert [post["number"] for post in there] == list(range(1, len(there) + 1))
    assert {post["network_id"] for post in there} == {target.id}
    await is_right(village, source, ada, ben, cleo)
    await is_right(village, target, ada, ben)
    # Cleo hears nothing of it from the stream of the network that it left, old events included.
    events = (await one.get(f"/api/v1/networks/{source.slug}/events", params={"limit": 100})).json()["items"]
    told = [event for event in events if event["object"] is not None and event["kind"].startswith(("post", "thread"))]
    assert [(event["kind"], set(event["object"])) for event in told] == [
        ("thread.moved", {"id", "network_id", "number"})
    ]


async def test_what_waits_and_what_stays_with_members_is_refused_in_words(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    source = await village.network(ada, [ben])
    target = await village.network(ada)
    thread_id = await village.thread(ada, source)
    slug = source.slug
    path = f"/api/v1/networks/{slug}"
    change = {"access": "open", "confirm": source.name}
    answer = await village.program(ada).patch(path, json=change)
    assert answer.status_code == 200, answer.text
    refused = await move(village, ada, thread_id, target, 403)
    assert "stays with those who were members then" in refused["detail"]
    page = await village.browser(ada).get(f"/threads/{thread_id}/move")
    assert page.status_code == 403


async def test_moderators_move_it_only_where_everybody_goes_on_reading_it(village: Village) -> None:
    """A mere moderator could else move it on from a closed network of their own to one that everybody reads."""
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    source, public = await village.network(ada, [ben]), await village.network(ada, [ben], access="open")
    for place in (source, public):
        await village.join(place.id, cleo, "moderator")
    own, closed = await village.network(cleo, access="open"), await village.network(cleo)
    thread_id = await village.thread(ben, source, "Among us", "The zinnias.")
    assert f"/threads/{thread_id}/move" not in (await village.browser(cleo).get(f"/threads/{thread_id}")).text
    assert (await village.browser(cleo).get(f"/threads/{thread_id}/move")).status_code == 403
    for target in (own, closed):
        body = {"network": target.slug, "reason": "x", "confirm": target.name}
        refused = await village.program(cleo).post(f"/api/v1/threads/{thread_id}/move", json=body)
        assert (refused.status_code, "Only an administrator" in refused.json()["detail"]) == (403, True)
        assert (await village.browser(cleo).post(f"/threads/{thread_id}/move", data=body)).status_code == 403
    assert (await village.program().get(f"/api/v1/threads/{thread_id}")).status_code == 404
    before_all = await village.thread(ben, public, "For everybody", "The tulips.")
    form = (await village.browser(cleo).get(f"/threads/{before_all}/move")).text
    assert (f'value="{own.slug}"' in form, f'value="{closed.slug}"' in form) == (True, False)
    await move(village, cleo, before_all, closed, 403)  # nobody of the network could bring it back
    await move(village, cleo, before_all, own)
    assert (await village.program().get(f"/api/v1/threads/{before_all}")).status_code == 200


async def test_more_readers_are_counted_and_confirmed(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    source = await village.network(ada, [ben, cleo])
    target = await village.network(ada, access="open")
    thread_id = await village.thread(ben, source, "Among us", "The zinnias.")
    await village.reply(cleo, source, thread_id, "The tulips.")
    page, path = village.browser(ada), f"/threads/{thread_id}/move"
    form = (await page.get(path)).text
    assert ("Both posts go with it." in form, "can’t read it any more" in form) == (True, False)
    typed = {"network": target.slug, "reason": "All are to read it."}
    asked = await page.post(path, data=typed)
    assert asked.status_code == 422
    for words in (
        "Two posts of two people become readable by anybody, also without an account, with their names, files and",
        "Everybody can go on reading it there",
        "All are to read it.",
        "Type the name of the network where it goes",
    ):
        assert words in asked.text, words
    assert "There is a problem" not in asked.text
    wrong = await page.post(path, data=typed | {"confirm": source.name})
    assert (wrong.status_code, "To confirm, type the name" in wrong.text) == (422, True)
    await move(village, ada, thread_id, target, 422)
    assert (await village.program().get(f"/api/v1/threads/{thread_id}")).status_code == 404
    assert (await page.post(path, data=typed | {"confirm": target.name.upper()})).status_code == 303
    assert (await village.program().get(f"/api/v1/threads/{thread_id}")).status_code == 200


async def test_whoever_wrote_in_it_and_the_administrators_are_told_of_more_readers(village: Village) -> None:
    ada, ben, cleo, dan, eve = await village.people("Ada", "Ben", "Cleo", "Dan", "Eve")
    source = await village.network(ada, [ben, cleo, eve])
    await village.join(source.id, dan, "administrator")
    target = await village.network(ada, access="open")
    thread_id = await village.thread(ben, source, "Among us", "The zinnias.")
    await village.reply(cleo, source, thread_id, "The tulips.")
    await village.remove(source.id, cleo)
    body = {"network": target.slug, "reason": "All are to read it.", "confirm": target.name}
    assert (await village.program(ada).post(f"/api/v1/threads/{thread_id}/move", json=body)).status_code == 200
    told = {person.name: await lines_about(village, person) for person in (ada, ben, cleo, dan, eve)}
    widened = ["thread.widened"]
    assert told == {"Ada": [], "Ben": ["act.concerns_me"], "Cleo": widened, "Dan": widened, "Eve": []}
    assert await letters(village, thread_id) == {cleo.id, dan.id}
    shown = (await village.browser(dan).get("/notifications")).text
    assert f"More people can read a thread of {source.name} than before: it was moved" in shown
    words = " ".join((await letter_to(village, thread_id, source, cleo)).split())
    assert "Anybody can read it there" in words
    assert "with what you wrote" in words
    assert "Among us" not in words


@pytest.mark.parametrize("access", ["open", "closed"])
async def test_undoing_shows_nobody_what_was_written_meanwhile(village: Village, access: Access) -> None:
    ada, ben = await village.people("Ada", "Ben")
    source, target = await village.network(ada, [ben], access=access), await village.network(ada)
    async with village.state.database.read() as connection:
        moves = select(acts.c.id).order_by(acts.c.id.desc()).limit(1)
        thread_id = await village.thread(ben, source)
        await move(village, ada, thread_id, target)
        act_id = await connection.scalar(moves)
    assert (await village.program(ada).post(f"/api/v1/acts/{act_id}/undo", json={})).status_code == 200
    await move(village, ada, thread_id, target)
    async with village.state.database.read() as connection:
        act_id = await connection.scalar(moves)
    await village.reply(ada, target, thread_id, "Among us alone.")
    refused = await village.program(ada).post(f"/api/v1/acts/{act_id}/undo", json={})
    assert (refused.status_code, "shows first who would read it" in refused.text) == (409, True)
    assert (await village.program().get(f"/api/v1/threads/{thread_id}")).status_code == 404
    body = {"network": source.slug, "reason": "Back.", "confirm": source.name}
    assert (await village.program(ada).post(f"/api/v1/threads/{thread_id}/move", json=body)).status_code == 200


async def lines_about(village: Village, person: Villager) -> list[str]:
    """What this person is told of moves: the kinds."""
    items = (await village.program(person).get("/api/v1/me/notifications")).json()["items"]
    return [each["kind"] for each in items if each["kind"] in ("thread.widened", "act.concerns_me")]


async def letters(village: Village, thread_id: str) -> set[str]:
    """To whom a letter waits that tells that more people can read the thread."""
    async with village.state.database.read() as connection:
        rows = [dict(row) for row in await connection.scalars(select(outbox.c.reference))]
    return {
        row["account_id"] for row in rows if row.get("letter") == "thread_widened" and row["thread_id"] == thread_id
    }


async def letter_to(village: Village, thread_id: str, source: Place, person: Villager) -> str:
    """Its words."""
    reference = {"thread_id": thread_id, "network_id": source.id, "account_id": person.id}
    async with village.state.transaction() as tx:
        letter = await write_widened(village.state, tx, reference)
    assert letter is not None
    return village.state.templates.get_template(f"email/{letter.template}.txt").render(
        {**letter.context, "name": letter.name, "subject": letter.subject, "site_name": "Confer", "site_url": ""}
    )
