"""What is written is found, what is gone is not, and nothing of it waits for the worker to be kept from others."""

import asyncio
import secrets

import pytest
from sqlalchemy import func, select, update

from forum.acts.erasing import erase_post
from forum.search import following_commands
from forum.search.entry_queries import WorkedOut, find_stale
from forum.search.following_commands import follow_networks, index, is_behind
from forum.search.reindexing_commands import reindex
from forum.tables import networks, posts, search_rows, search_terms
from forum.threads.commands import edit_post
from forum.threads.writing import lay_out
from tests.forum.search.finding import ask, finds, found, indexed, read_all_over
from tests.forum.threads.village import Place, Village, Villager


async def edit(village: Village, who: Villager, place: Place, post: str, body: str) -> None:
    viewer = await village.viewer(who)
    written = await lay_out(village.state.database, viewer, place.id, body)
    async with village.state.transaction() as tx:
        await edit_post(tx, viewer, post, written)


async def rows(village: Village, object_id: str) -> int:
    counted = select(func.count()).where(search_rows.c.object_id == object_id)
    async with village.state.database.read() as connection:
        return await connection.scalar(counted) or 0


async def terms_of(village: Village, place: Place) -> set[str]:
    asked = select(search_terms.c.term).where(search_terms.c.network_id == place.id)
    async with village.state.database.read() as connection:
        return set(await connection.scalars(asked))


async def test_threads_and_posts_are_found_by_their_words(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    thread = await village.thread(amara, place, "Zebrafish rota", "Who covers the *quokkas*?")
    post = await village.reply(gareth, place, thread, "We do. Our naïve wombats too.")
    assert await finds(village, gareth, "zebrafish") == [thread]
    assert await found(village, gareth, "quokka") == [thread]
    assert await found(village, gareth, "zebrafish quokka") == [thread]
    assert await found(village, gareth, "NAIVE wombat") == [post]
    assert await found(village, gareth, '"naïve wombats"') == [post]
    assert await found(village, gareth, '"wombats naïve"') == []
    assert await found(village, gareth, "wombats -naive") == []


async def test_edited_words_are_found_and_the_earlier_ones_are_not(village: Village) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "A thread", "First")
    post = await village.reply(amara, place, thread, "Earlier axolotl")
    assert await finds(village, amara, "axolotl") == [post]
    await edit(village, amara, place, post, "Later pangolin")
    assert await finds(village, amara, "pangolin") == [post]
    assert await found(village, amara, "axolotl") == []
    assert {"pangolin"} == await terms_of(village, place) & {"axolotl", "pangolin"}
    await village.program(amara).patch(f"/api/v1/threads/{thread}", json={"title": "Of tapirs"})
    assert await finds(village, amara, "tapirs") == [thread]


async def test_a_row_that_is_behind_finds_nothing(village: Village) -> None:
    """An edit or a removal is felt at once, before the worker has heard of it."""
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Kept narwhal", "First")
    post = await village.reply(amara, place, thread, "A dugong")
    assert await finds(village, amara, "dugong") == [post]
    async with village.state.transaction() as tx:  # as no act does it: nobody is told
        await tx.execute(update(posts).where(posts.c.id == post).values(version=posts.c.version + 1))
    assert await found(village, amara, "dugong") == []
    await read_all_over(village)
    assert await found(village, amara, "dugong") == [post]


async def test_what_changes_before_it_is_written_is_read_again(village: Village) -> None:
    """Entries are worked out while others write: what they change is not put into the index as it was."""
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Kept okapi", "First")
    edited, gone, same = [
        await village.reply(amara, place, thread, f"A {word}") for word in ("tenrec", "kinkajou", "coati")
    ]
    assert await finds(village, amara, "tenrec") == [edited]
    changed = update(posts).where(posts.c.id.in_([edited, gone, same])).values(version=posts.c.version + 1)
    async with village.state.transaction() as tx:  # as no act does it: the server's own worker hears nothing of it
        await tx.execute(changed)
    worked_out: WorkedOut = {}
    async with village.state.database.read() as connection:
        before = await find_stale(connection, "post", [edited, gone, same], 50, worked_out)
    assert {entry.object_id for entry in before.entries} == {edited, gone, same}
    async with village.state.transaction() as tx:
        await tx.execute(changed.where(posts.c.id == edited).values(html="<p>A numbat</p>"))
        await erase_post(tx, None, gone, "Personal data")
    async with village.state.transaction() as tx:
        await index(tx, "post", [edited, gone, same], worked_out)
    assert await found(village, amara, "numbat") == [edited]
    assert await found(village, amara, "coati") == [same]
    assert await rows(village, gone) == 0
    assert not {"tenrec", "kinkajou"} & await terms_of(village, place)


async def test_removed_posts_are_gone_and_come_back(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place, "Okapi", "Opening capybara")
    post = await village.reply(gareth, place, thread, "A reply with a lemur")
    first = (await ask(village, gareth, "x"))["items"]
    assert first == []
    assert await finds(village, gareth, "lemur") == [post]
    program = village.program(amara)
    posts_of = (await program.get(f"/api/v1/threads/{thread}/posts")).json()["items"]
    for each in posts_of:
        hidden = await program.post(f"/api/v1/posts/{each['id']}/removal", json={"reason": "Enough"})
        assert hidden.status_code == 200, hidden.text
        assert await found(village, amara, "lemur") == ([] if each["id"] == post else [post])
    assert await found(village, amara, "capybara") == []
    await indexed(village)
    assert await found(village, amara, "lemur capybara") == []
    assert await found(village, amara, "okapi") == [thread]
    assert await rows(village, post) == 0
    assert not {"lemur", "capybara"} & await terms_of(village, place)


async def test_erased_words_leave_the_index_with_the_post(village: Village) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Ibex", "First")
    post = await village.reply(amara, place, thread, "A chamois and an ibex")
    assert await finds(village, amara, "chamois") == [post]
    async with village.state.transaction() as tx:
        await erase_post(tx, None, post, "Personal data")
    assert await rows(village, post) == 0  # before the worker has heard of it
    assert await finds(village, amara, "chamois") == []
    assert "chamoi" not in await terms_of(village, place)


async def test_erased_words_stand_in_no_file(village: Village) -> None:
    """FTS5 keeps what was taken out until it writes its segments anew: the worker has it do so."""
    word = "".join(secrets.choice("bdfgklmnprtv") for _ in range(12))
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Ibex", "First")
    post = await village.reply(amara, place, thread, f"A {word}")
    assert await finds(village, amara, word) == [post]
    async with village.state.transaction() as tx:
        await erase_post(tx, None, post, "Personal data")
        tx.forgets = True
    files = [path for path in village.state.settings.data_dir.rglob("*") if path.is_file()]
    async with asyncio.timeout(30):
        while any(word.encode() in path.read_bytes() for path in files if path.exists()):  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def test_held_posts_are_found_by_nobody(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    thread = await village.thread(amara, place, "Bison", "First")
    held = await village.program(amara).put(
        f"/api/v1/networks/{place.slug}/members/{gareth.id}/hold", json={"reason": "Read them first"}
    )
    assert held.status_code < 300, held.text
    answer = await village.program(gareth).post(f"/api/v1/threads/{thread}/posts", json={"body": "A wolverine"})
    assert answer.status_code == 202
    for who in (amara, gareth):
        assert await finds(village, who, "wolverine") == []
    await village.program(amara).post(f"/api/v1/networks/{place.slug}/held/{answer.json()['id']}/approval")
    assert len(await finds(village, gareth, "wolverine")) == 1


async def test_a_moved_thread_is_found_where_it_is(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    here, there = await village.network(amara, [gareth]), await village.network(amara, [priya])
    thread = await village.thread(gareth, here, "Gazelle", "First")
    post = await village.reply(gareth, here, thread, "An oryx")
    assert await finds(village, gareth, "oryx") == [post]
    moved = await village.program(amara).post(
        f"/api/v1/threads/{thread}/move", json={"network": there.slug, "reason": "Rather here"}
    )
    assert moved.status_code == 200, moved.text
    assert await found(village, gareth, "oryx") == []
    assert await finds(village, priya, "oryx") == [post]
    assert await found(village, priya, "gazelle") == [thread]
    assert await found(village, gareth, "gazelle oryx") == []
    assert not {"oryx", "gazel"} & await terms_of(village, here)


async def test_a_network_that_is_deleted_leaves_nothing(village: Village) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara, name="Society of marmots")
    await village.thread(amara, place, "Marmots", "First")
    assert len(await finds(village, amara, "marmots")) == 2
    async with village.state.transaction() as tx:
        await tx.execute(update(networks).where(networks.c.id == place.id).values(version=networks.c.version + 1))
    assert place.id not in await found(village, amara, "marmots")
    await read_all_over(village)
    assert place.id in await found(village, amara, "marmots")


async def test_people_are_found_by_what_they_say_of_themselves(village: Village) -> None:
    amara, gareth = await village.people("Amara Quetzal", "Gareth")
    await village.network(amara, [gareth])
    assert await finds(village, gareth, "quetzal") == [amara.id]
    changed = await village.program(amara).patch("/api/v1/me", json={"organisation": "Toucan Trust"})
    assert changed.status_code == 200, changed.text
    await read_all_over(village)
    assert await found(village, gareth, "toucan", kind="person") == [amara.id]
    assert await found(village, gareth, "toucan") == []
    assert await found(village, await village.person("Una"), "toucan", kind="person") == []


async def test_reindex_makes_it_all_anew(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Vicuna", "First")
    assert await finds(village, amara, "vicuna") == [thread]
    monkeypatch.setattr(following_commands, "PART", 20)
    monkeypatch.setattr(following_commands, "WINDOW", 50)
    assert await reindex(village.state) > 3
    assert await finds(village, amara, "vicuna") == [thread]
    async with village.state.database.read() as connection:
        total = await connection.scalar(select(func.count()).select_from(search_rows))
        distinct = await connection.scalar(
            select(func.count()).select_from(select(search_rows.c.kind, search_rows.c.object_id).distinct().subquery())
        )
        uses = await connection.scalar(
            select(search_terms.c.uses).where(search_terms.c.network_id == place.id, search_terms.c.term == "vicuna")
        )
    assert (total, uses) == (distinct, 1)


async def test_many_events_come_in_parts(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_commands, "PART", 2)
    monkeypatch.setattr(following_commands, "EVENTS_AT_ONCE", 3)
    (amara,) = await village.people("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Emu", "First")
    written = [await village.reply(amara, place, thread, f"Cassowary {number}") for number in range(7)]
    assert sorted(await finds(village, amara, "cassowary")) == sorted(written)
    assert not await is_behind(village.state)
    assert not await follow_networks(village.state, set())
