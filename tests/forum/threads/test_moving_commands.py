"""A thread moves to another network: who reads it, what is unread, what numbers stay, and who writes meanwhile."""

import asyncio
import json
from typing import Any

from sqlalchemy import select

from forum.tables import audit_rows, memberships, moved_posts, moved_threads, networks, posts, read_states, threads
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
