"""Who takes their name along when they close their account is named neither above quotes of theirs nor where they are
mentioned: not in posts, what those said before, what waits, nor in what is searched."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from forum.accounts.closing_commands import close_own_account
from forum.acts.people import hold_all
from forum.live import present
from forum.tables import mentions
from forum.text import escape_markdown, name_mark, quote
from forum.threads import naming_commands
from realtime.event_log import read_after
from realtime.tables import outbox
from tests.forum.search.finding import finds, indexed
from tests.forum.threads.village import Place, Village, Villager

TABLES = ("posts", "post_versions", "held_posts", "search_rows", "search_terms", "outbox", "accounts")


def new_name() -> str:
    """A name that no other test knows."""
    letters = "".join(secrets.choice("bcfghjklmnpqrtvwxz") for _ in range(8))
    return f"Bethan O’Q{letters}"


async def close(village: Village, person: Villager, *, name_stays: bool = False) -> None:
    viewer = await village.viewer(person)
    async with village.state.transaction() as tx:
        await close_own_account(tx, viewer, name_stays=name_stays)


async def send(village: Village, person: Villager, thread: str, body: str) -> dict[str, Any]:
    answer = await village.program(person).post(f"/api/v1/threads/{thread}/posts", json={"body": body})
    assert answer.status_code in (201, 202), answer.text
    made: dict[str, Any] = answer.json()
    return made


async def read(village: Village, person: Villager, post_id: str) -> dict[str, Any]:
    post: dict[str, Any] = (await village.program(person).get(f"/api/v1/posts/{post_id}")).json()
    return post


async def edit(village: Village, person: Villager, post_id: str, body: str) -> None:
    answer = await village.program(person).patch(f"/api/v1/posts/{post_id}", json={"body": body})
    assert answer.status_code == 200, answer.text


async def naming(village: Village, name: str) -> list[str]:
    """The tables in which this name stands."""
    last = name.rpartition("Q")[2]
    async with village.state.database.read() as connection:
        return [
            table
            for table in TABLES
            for row in (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            if last in str(row)
        ]


async def gone(village: Village, name: str) -> None:
    """The worker has been through all posts."""
    deadline = time.monotonic() + 30
    while where := await naming(village, name):
        assert time.monotonic() < deadline, where
        await asyncio.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Scene:
    """A thread in which somebody is quoted and mentioned in every way that Confer knows."""

    place: Place
    thread: str
    ada: Villager
    beth: Villager
    cleo: Villager
    head: str
    """A quote of Beth's post."""
    posts: dict[str, dict[str, Any]]


async def set_scene(village: Village, name: str) -> Scene:
    ada, beth, cleo, twin = await village.people("Ada Okafor", name, "Cleo Marsh", "Ada Twin")
    place = await village.network(ada, [beth, cleo, twin])
    thread = await village.thread(ada, place)
    await send(village, beth, thread, "The lines are **down**.")  # post 2
    await send(village, twin, thread, "They are not.")
    of_twin, head = quote("They are not.", "Ada Twin", 3), quote("The lines are **down**.", name, 2)
    posts = {"quoted": await send(village, ada, thread, f"{head}Thanks @{name}, and @Cleo Marsh too.")}
    again = quote(posts["quoted"]["body"], "Ada Okafor", 4) + of_twin + "I agree."
    posts["again"] = await send(village, cleo, thread, again)
    selected = f"> {escape_markdown(name)} in post 2:\n> down\n\nAre they?"
    posts["selected"] = await send(village, cleo, thread, selected)
    posts["own"] = await send(village, beth, thread, f"{head}As I said, @{name}.")
    posts["elsewhere"] = await send(village, ada, await village.thread(ada, place), f"Ask @{name}.")
    posts["edited"] = await send(village, ada, thread, f"{head}Before, @{name}.")
    await edit(village, ada, posts["edited"]["id"], "Now nothing of it.")
    removed = await send(village, ada, thread, f"{head}Removed.")
    assert (await village.program(ada).delete(f"/api/v1/posts/{removed['id']}")).status_code in (200, 204)
    viewer = await village.viewer(ada)
    async with village.state.transaction() as tx:
        await hold_all(tx, viewer, place.id, cleo.id, "Let us read first.")
    posts["waiting"] = await send(village, cleo, thread, f"{head}Waiting.")
    await indexed(village)
    assert set(await naming(village, name)) == set(TABLES) - {"outbox"}
    return Scene(place, thread, ada, beth, cleo, head, posts)


async def test_the_name_goes_wherever_confer_has_put_it(village: Village) -> None:
    name = new_name()
    scene = await set_scene(village, name)
    ada, posts, head = scene.ada, scene.posts, quote("The lines are **down**.", "Former member", 2)
    await close(village, scene.beth)
    await gone(village, name)
    post = await read(village, ada, posts["quoted"]["id"])
    assert post["body"] == f"{head}Thanks @Former member, and @Cleo Marsh too."
    assert (post["edited_at"], post["version"]) == (None, 2)
    for each in ("quoted", "again", "own", "elsewhere"):
        html = (await read(village, ada, posts[each]["id"]))["html"]
        assert scene.beth.id not in html
        assert "@Former member" in html
    assert scene.cleo.id in post["html"]
    place = f'<a href="/threads/{scene.thread}?at=2#post-2">post 2</a>'
    assert f"<strong>Former member</strong> in {place}" in post["html"]
    assert "**Ada Twin** in post 3:" in (await read(village, ada, posts["again"]["id"]))["body"]
    selected = await read(village, scene.cleo, posts["selected"]["id"])
    assert selected["body"] == "> Former member in post 2:\n> down\n\nAre they?"
    assert (await read(village, ada, posts["edited"]["id"]))["body"] == "Now nothing of it."
    held = await village.program(ada).get(f"/api/v1/networks/{scene.place.slug}/held/{posts['waiting']['id']}")
    assert held.json()["body"] == f"{head}Waiting."
    assert name not in (await village.browser(ada).get(f"/threads/{scene.thread}")).text
    assert await finds(village, ada, name.split()[1]) == []
    async with village.state.database.read() as connection:
        assert (await connection.execute(select(mentions).where(mentions.c.account_id == scene.beth.id))).all() == []


async def test_open_pages_follow_as_they_follow_an_edit(village: Village) -> None:
    name = new_name()
    scene = await set_scene(village, name)
    stream = f"network:{scene.place.id}"
    async with village.state.database.read() as connection:
        before = len(await read_after(connection, stream, 0, limit=200))
    await close(village, scene.beth)
    await gone(village, name)
    async with village.state.database.read() as connection:
        events = await read_after(connection, stream, before, limit=200)
    told = [event for event in events if event.kind.startswith("post.")]
    assert {event.kind for event in told} == {"post.edited"}
    changed = ("quoted", "again", "selected", "own", "elsewhere")
    assert sorted(event.object_id for event in told) == sorted(scene.posts[each]["id"] for each in changed)
    assert all("Former member" in str(shown.object) for shown in await present(village.state, stream, told))


async def test_a_name_that_stays_stays_everywhere(village: Village) -> None:
    name = new_name()
    ada, beth = await village.people("Ada Okafor", name)
    place = await village.network(ada, [beth])
    thread = await village.thread(beth, place)
    body = quote("First words.", name, 1) + f"Thanks @{name}."
    post = await send(village, ada, thread, body)
    await close(village, beth, name_stays=True)
    mark = name_mark(beth.id, name)
    async with village.state.transaction() as tx:
        asked = (await tx.execute(select(outbox.c.reference).where(outbox.c.kind == "forget_names"))).scalars()
        assert mark not in [reference["name"] for reference in asked]
        await naming_commands.forget_names(tx, "", mark)
    after = await read(village, ada, post["id"])
    assert {key: after[key] for key in ("body", "html", "version")} == {
        key: post[key] for key in ("body", "html", "version")
    }


async def test_very_many_quotes_go_in_parts(village: Village) -> None:
    name = new_name()
    ada, beth = await village.people("Ada Okafor", name)
    place = await village.network(ada, [beth])
    thread = await village.thread(beth, place)
    body = quote("First words.", name, 1) + "So it is."
    posts = [await send(village, ada, thread, body) for _ in range(2 * naming_commands.MOST_WRITTEN + 3)]
    await close(village, beth)
    await gone(village, name)
    for post in posts:
        assert (await read(village, ada, post["id"]))["version"] == 2


async def test_a_page_that_is_older_than_the_closing_brings_the_name_back_to_nobody(village: Village) -> None:
    name = new_name()
    ada, beth = await village.people("Ada Okafor", name)
    place = await village.network(ada, [beth])
    thread = await village.thread(beth, place)
    own = await send(village, ada, thread, "Mine.")
    await close(village, beth)
    body = quote("First words.", name, 1) + "So it is."
    post = await send(village, ada, thread, body)
    await edit(village, ada, own["id"], body)
    for each in (post["id"], own["id"]):
        said = await read(village, ada, each)
        assert said["body"] == quote("First words.", "Former member", 1) + "So it is."
        assert name not in said["html"]
