"""Posting, editing, removing: what is written, who may, and fifty at once."""

import asyncio
import secrets

import pytest
from sqlalchemy import select

from forum.acts.posts import remove_post
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.idempotency import RequestKey
from forum.tables import mentions, networks, post_versions, posts, threads
from forum.threads import commands, queries
from forum.threads.announced_commands import send_reply
from forum.threads.thread_commands import MOST_PINNED, Wanted, change_thread, retitle, set_lock, set_pin
from forum.threads.version_queries import list_versions_of
from forum.threads.writing import lay_out
from realtime.tables import events
from tests.forum.threads.village import Place, Village, Villager


async def numbers(village: Village, thread_id: str) -> list[tuple[int, int]]:
    async with village.state.database.read() as connection:
        rows = await connection.execute(
            select(posts.c.number, posts.c.position).where(posts.c.thread_id == thread_id).order_by(posts.c.number)
        )
        return [(row.number, row.position) for row in rows]


async def kinds(village: Village, place: Place) -> list[tuple[str, str]]:
    async with village.state.database.read() as connection:
        rows = await connection.execute(
            select(events.c.kind, events.c.object_id)
            .where(events.c.stream == f"network:{place.id}", events.c.kind.not_like("member%"))
            .order_by(events.c.seq)
        )
        return [(row.kind, row.object_id) for row in rows]


async def test_a_thread_is_one_event_and_a_reply_is_one(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    reply_id = await village.reply(ben, place, thread_id)
    assert await kinds(village, place) == [("thread.created", thread_id), ("post.created", reply_id)]
    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, await village.viewer(ben), thread_id)
        counts = (await connection.execute(select(networks).where(networks.c.id == place.id))).one()
    assert (thread.number, thread.post_count, thread.first_position, thread.last_position) == (1, 2, 1, 2)
    assert (thread.author.id, thread.last_author.id) == (ada.id, ben.id)
    assert (counts.thread_count, counts.post_count) == (1, 2)


async def test_fifty_at_once_leave_no_hole(village: Village) -> None:
    people = await village.people(*(f"Writer {number}" for number in range(10)))
    place = await village.network(people[0], people[1:])
    one = await village.thread(people[0], place, "One")
    other = await village.thread(people[0], place, "Other")
    await asyncio.gather(
        *(village.reply(people[number % 10], place, one if number % 3 else other) for number in range(50))
    )
    first, second = await numbers(village, one), await numbers(village, other)
    assert [number for number, _ in first] == list(range(1, len(first) + 1))
    assert [number for number, _ in second] == list(range(1, len(second) + 1))
    assert [position for _, position in first] == sorted(position for _, position in first)
    assert sorted(position for _, position in first + second) == list(range(1, 53))
    async with village.state.database.read() as connection:
        rows = (await connection.execute(select(threads).where(threads.c.id.in_([one, other])))).all()
    assert {row.id: row.last_position for row in rows} == {one: first[-1][1], other: second[-1][1]}
    assert {row.id: row.post_count for row in rows} == {one: len(first), other: len(second)}


async def test_fifty_new_threads_at_once(village: Village) -> None:
    people = await village.people(*(f"Writer {number}" for number in range(5)))
    place = await village.network(people[0], people[1:])
    made = await asyncio.gather(*(village.thread(people[number % 5], place) for number in range(50)))
    async with village.state.database.read() as connection:
        rows = (await connection.execute(select(threads.c.number).where(threads.c.network_id == place.id))).all()
    assert sorted(row.number for row in rows) == list(range(1, 51))
    assert len(set(made)) == 50


async def test_p2_the_same_key_is_one_post(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    viewer = await village.viewer(ada)
    written = await lay_out(village.state.database, viewer, place.id, "Once.")
    key = RequestKey("POST /x", secrets.token_hex(8), "digest")

    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, viewer, thread_id)

    made = await asyncio.gather(*(send_reply(village.state, viewer, thread, written, None, key) for _ in range(10)))
    assert len({posted.object_id for posted in made}) == 1
    assert sum(posted.is_replay for posted in made) == 9
    assert len(await numbers(village, thread_id)) == 2


async def test_who_is_no_member_writes_nothing(village: Village) -> None:
    ada, ben, outsider = await village.people("Ada", "Ben", "Olga")
    closed = await village.network(ada, [ben])
    opened = await village.network(ada, [ben], access="open")
    hidden_thread, open_thread = await village.thread(ada, closed), await village.thread(ada, opened)
    with pytest.raises(NotFound):
        await village.reply(outsider, closed, hidden_thread)
    with pytest.raises(NotFound):
        await village.thread(outsider, closed)
    with pytest.raises(Forbidden):
        await village.reply(outsider, opened, open_thread)
    with pytest.raises(Forbidden):
        await village.thread(outsider, opened)
    stale = await village.viewer(ben)
    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, stale, open_thread)
    await village.remove(opened.id, ben)
    written = await lay_out(village.state.database, stale, opened.id, "Too late.")
    with pytest.raises(Forbidden, match="no longer a member"):
        await send_reply(village.state, stale, thread, written, None, None)
    assert len(await numbers(village, open_thread)) == 1


async def test_a_locked_thread_takes_posts_of_moderators_only(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place)
    late = await village.viewer(ben)
    written = await lay_out(village.state.database, late, place.id, "Too late.")
    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, late, thread_id)
    async with village.state.transaction() as tx:
        assert await set_lock(tx, await village.viewer(ada), thread_id, True)
    with pytest.raises(Forbidden, match="locked"):
        await village.reply(ben, place, thread_id)
    with pytest.raises(Forbidden, match="while you were writing"):
        await send_reply(village.state, late, thread, written, None, None)
    await village.reply(ada, place, thread_id)
    assert len(await numbers(village, thread_id)) == 2
    async with village.state.transaction() as tx:
        with pytest.raises(Forbidden):
            await set_lock(tx, await village.viewer(ben), thread_id, False)


async def test_a_reply_answers_a_post_of_its_own_thread(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    one, other = await village.thread(ada, place), await village.thread(ada, place)
    elsewhere = await village.reply(ada, place, other)
    with pytest.raises(Invalid):
        await village.reply(ada, place, one, reply_to=elsewhere)
    first = await village.reply(ada, place, one, "What **was** asked.")
    await village.reply(ada, place, one, "An answer.", reply_to=first)
    viewer = await village.viewer(ada)
    shown = await queries.list_posts(village.state.database, viewer, one, 1, 20)
    assert [post.answers for post in shown] == [(), (3,), ()]
    assert shown[2].reply_to is not None
    assert (shown[2].reply_to.number, shown[2].reply_to.excerpt) == (2, "What was asked.")


async def test_a_reply_is_at_once_what_is_read_later(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    thread_id = await village.thread(ada, place, body="What *was* asked.")
    viewer = await village.viewer(ada)
    (first,) = await queries.list_posts(village.state.database, viewer, thread_id, 1, 20)
    written = await lay_out(village.state.database, viewer, place.id, "An **answer**.")
    for answered in (None, first.id):
        async with village.state.database.read() as connection:
            thread = await queries.get_thread(connection, viewer, thread_id)
        async with village.state.transaction() as tx:
            posted = await commands.post_reply(tx, viewer, thread, written, answered)
        async with village.state.database.read() as connection:
            assert posted.post == await queries.get_post(connection, viewer, posted.object_id)


async def edit(village: Village, person: Villager, post_id: str, body: str, expected: int | None = None) -> None:
    viewer = await village.viewer(person)
    async with village.state.database.read() as connection:
        network_id = (await queries.get_post(connection, viewer, post_id)).network_id
    written = await lay_out(village.state.database, viewer, network_id, body)
    async with village.state.transaction() as tx:
        await commands.edit_post(tx, viewer, post_id, written, expected)


async def test_edits_keep_what_was_said(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ben, place, thread_id, "First.")
    await edit(village, ben, post_id, "Second.", 1)
    await edit(village, ben, post_id, "Third.")
    await edit(village, ben, post_id, "Third.")  # nothing new: no version
    with pytest.raises(Conflict):
        await edit(village, ben, post_id, "Fourth.", 2)
    with pytest.raises(Forbidden):
        await edit(village, ada, post_id, "Not mine.")
    viewer = await village.viewer(ada)
    async with village.state.database.read() as connection:
        post = await queries.get_post(connection, viewer, post_id)
        versions = await list_versions_of(connection, viewer, post_id, before=99, at_most=9)
    assert (post.body, post.version) == ("Third.", 3)
    assert [(version.version, version.body) for version in versions] == [(2, "Second."), (1, "First.")]
    assert [kind for kind, _ in await kinds(village, place)].count("post.edited") == 2


async def test_two_edits_at_once_lose_neither(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ada, place, thread_id, "First.")
    results = await asyncio.gather(
        *(edit(village, ada, post_id, f"Version {number}.", 1) for number in range(5)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 4
    await asyncio.gather(*(edit(village, ada, post_id, f"Again {number}.") for number in range(5)))
    async with village.state.database.read() as connection:
        kept = (
            await connection.execute(select(post_versions.c.version).where(post_versions.c.post_id == post_id))
        ).all()
    assert sorted(row.version for row in kept) == [1, 2, 3, 4, 5, 6]


async def test_what_a_removed_post_said_is_stored_and_reachable_for_nobody(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ben, place, thread_id, "Heron words.")
    await edit(village, ben, post_id, "Heron words, edited.")
    await village.reply(ada, place, thread_id, "Why?", reply_to=post_id)
    viewer = await village.viewer(ada)
    with pytest.raises(Invalid, match="why"):
        async with village.state.transaction() as tx:
            await remove_post(tx, viewer, post_id)
    async with village.state.transaction() as tx:
        await remove_post(tx, viewer, post_id, "Off the point.")
    for person in (ada, ben):
        seen_by = await village.viewer(person)
        async with village.state.database.read() as connection:
            post = await queries.get_post(connection, seen_by, post_id)
            assert await list_versions_of(connection, seen_by, post_id, before=99, at_most=9) == []
            heard = await queries.list_heard_posts(connection, [post_id])
        shown = await queries.list_posts(village.state.database, seen_by, thread_id, 1, 20, bodies=True)
        assert "Heron" not in repr([post, heard, shown])
        assert (post.body, post.html, post.removal_reason, post.removed_by_author) == ("", "", "Off the point.", False)
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(posts.c.body).where(posts.c.id == post_id)) == "Heron words, edited."
    with pytest.raises(Forbidden):
        await edit(village, ben, post_id, "Back again.")


async def test_mentions_are_of_members_only(village: Village) -> None:
    word = secrets.token_hex(3)
    ada, ben, olga = await village.people("Ada", f"Ben {word}", f"Olga {word}")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ada, place, thread_id, f"Ask @Ben {word}, or @ben {word.upper()}, not @Olga {word}.")
    async with village.state.database.read() as connection:
        found = await connection.scalars(select(mentions.c.account_id).where(mentions.c.post_id == post_id))
        post = await queries.get_post(connection, await village.viewer(ben), post_id)
        assert list(found) == [ben.id]
    assert post.html.count(f"/people/{ben.id}") == 2
    assert olga.id not in post.html


async def test_pins_are_few_and_titles_are_for_their_author(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    made = [await village.thread(ben, place, f"Thread {number}") for number in range(MOST_PINNED + 1)]
    moderator, member = await village.viewer(ada), await village.viewer(ben)
    async with village.state.transaction() as tx:
        for thread_id in made[:MOST_PINNED]:
            assert await set_pin(tx, moderator, thread_id, True)
        assert not await set_pin(tx, moderator, made[0], True)
        with pytest.raises(Forbidden, match="Unpin"):
            await set_pin(tx, moderator, made[-1], True)
        with pytest.raises(Forbidden):
            await set_pin(tx, member, made[0], False)
        assert await retitle(tx, member, made[0], "Better")
        with pytest.raises(Conflict):
            await change_thread(tx, member, made[0], Wanted(title="Best"), expected=1)
    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, member, made[0])
    assert (thread.title, thread.pinned_at is not None, thread.version) == ("Better", True, 3)


async def test_last_by_is_who_wrote_the_last_post_that_can_be_read(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    first = await village.reply(ben, place, thread_id)
    last = await village.reply(ben, place, thread_id)
    viewer = await village.viewer(ada)
    client = village.program(ada)
    begun = (await client.get(f"/api/v1/threads/{thread_id}")).json()
    for removed, name in ((first, "Ben"), (last, "Ada")):
        async with village.state.transaction() as tx:
            await remove_post(tx, viewer, removed, "Off the point.")
        thread = (await client.get(f"/api/v1/threads/{thread_id}")).json()
        assert thread["last_author"]["name"] == name
    assert thread["last_post_at"] == begun["created_at"]
    assert thread["post_count"] == 3
