"""What happens in a network becomes lines: for those whom it concerns, once each, and for nobody else."""

import asyncio
import re

import pytest
from sqlalchemy import delete, func, select, update

from forum.notifications import following_commands
from forum.notifications.following_commands import follow_networks
from forum.tables import followed_streams, notifications
from forum.threads.commands import edit_post
from forum.threads.writing import lay_out
from realtime.tables import events
from realtime.transaction import Transaction
from tests.forum.notifications.telling import lines_of, settled, told, told_of_thread, until
from tests.forum.threads.village import Place, Village, Villager


def texts(lines: list[dict[str, object]]) -> list[str]:
    return [str(line["text"]) for line in lines]


async def watch(village: Village, who: Villager, thread: str, level: str) -> None:
    answer = await village.program(who).put(f"/api/v1/threads/{thread}/watch", json={"level": level})
    assert answer.status_code == 204, answer.text


async def wish(village: Village, who: Villager, place: Place, **wanted: str) -> None:
    body = {"networks": [{"id": place.id, **wanted}]}
    answer = await village.program(who).put("/api/v1/me/notifications/settings", json=body)
    assert answer.status_code == 200, answer.text


async def edit(village: Village, who: Villager, place: Place, post: str, body: str) -> None:
    viewer = await village.viewer(who)
    written = await lay_out(village.state.database, viewer, place.id, body)
    async with village.state.transaction() as tx:
        await edit_post(tx, viewer, post, written)


async def test_who_is_told_of_what(village: Village) -> None:
    amara, gareth, priya, kofi = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah", "Kofi Mensah")
    outsider = await village.person("Una Outside")
    place = await village.network(amara, [gareth, priya, kofi])
    thread = await village.thread(amara, place, "Night cover")
    answer = await village.reply(gareth, place, thread, "Ours does, @Priya Shah knows.")
    await village.reply(amara, place, thread, "Which ward?", answer)
    await village.reply(priya, place, thread, "The third.")
    await settled(village, gareth, place, amara)
    assert "Priya Shah wrote in “Night cover”" in texts(await lines_of(village, amara))
    assert texts(await lines_of(village, gareth)) == [
        "Priya Shah wrote in “Night cover”",
        "Amara Okafor answered you in “Night cover”",
        "Amara Okafor began “Night cover”",
    ]
    mine = texts(await lines_of(village, priya))
    assert mine[1:] == ["Gareth Williams mentioned you in “Night cover”", "Amara Okafor began “Night cover”"]
    assert [text for text in texts(await lines_of(village, kofi)) if "Night cover" in text] == [
        "Amara Okafor began “Night cover”"
    ]
    assert await lines_of(village, outsider) == []
    line = (await lines_of(village, gareth))[1]
    assert line["url"].endswith(f"/threads/{thread}?at=3#post-3")
    assert line["network"] == {"id": place.id, "slug": place.slug, "name": place.name, "access": "closed"}


async def test_levels_of_threads_and_networks(village: Village) -> None:
    amara, gareth, priya, kofi = await village.people("Amara", "Gareth", "Priya", "Kofi")
    place = await village.network(amara, [gareth, priya, kofi])
    await wish(village, kofi, place, level="watch")
    await wish(village, priya, place, level="mute")
    thread = await village.thread(amara, place, "Night cover")
    await watch(village, priya, thread, "watch")
    await watch(village, amara, thread, "mute")
    await village.reply(gareth, place, thread, "Ours does, @Amara and @Kofi.")
    quiet = await village.thread(gareth, place, "Hush", "Really, @Priya.")
    await village.reply(amara, place, quiet, "Quietly.")
    await settled(village, amara, place, gareth)
    assert texts(await lines_of(village, kofi))[1:] == [
        "Amara wrote in “Hush”",
        "Gareth began “Hush”",
        "Gareth mentioned you in “Night cover”",
        "Amara began “Night cover”",
    ]
    assert texts(await lines_of(village, priya)) == ["Gareth mentioned you in “Hush”", "Gareth wrote in “Night cover”"]
    # In a thread that she has muted she hears of what speaks to her, and of nothing else.
    await village.reply(gareth, place, thread, "Nobody else does.")
    await village.reply(priya, place, quiet, "I do.")
    await told(village, amara, "Priya wrote")
    heard = ["Priya wrote in “Hush”", "Gareth began “Hush”", "Gareth mentioned you in “Night cover”"]
    assert texts(await lines_of(village, amara)) == heard


async def test_what_is_read_is_read_on_the_list_too(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(amara, place, "Night cover", "Do you know, @Gareth?")
    await village.reply(priya, place, thread, "He does.")
    await told(village, gareth, "mentioned you")
    await told(village, amara, "Priya wrote")
    await village.program(gareth).put(f"/api/v1/threads/{thread}/read", json={"ranges": [[1, 1]]})
    assert all(line["read_at"] for line in await lines_of(village, gareth))
    await village.reply(amara, place, thread, "Thank you.")  # who writes has read
    await until(village, amara, lambda lines: all(line["read_at"] for line in lines))
    lines = await told(village, priya, "Amara wrote")
    assert [line["read_at"] is None for line in lines] == [True, False]
    await village.browser(priya).post(f"/networks/{place.slug}/reading", data={"position": "100"})
    assert all(line["read_at"] for line in await lines_of(village, priya))
    assert await lines_of(village, priya, "?unread=true") == []


async def test_who_reads_at_once_has_it_as_read(village: Village) -> None:
    """The post was on the screen before the worker came to it: it is on the list, and nothing rings."""
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    async with village.state.transaction() as tx:
        await tx.execute(followed_streams.insert(), {"stream": f"network:{place.id}", "seq": 10_000})
    thread = await village.thread(amara, place, "Night cover", "Do you know, @Gareth?")
    await village.program(gareth).put(f"/api/v1/threads/{thread}/read", json={"ranges": [[1, 1]]})
    async with village.state.transaction() as tx:
        here = followed_streams.c.stream == f"network:{place.id}"
        await tx.execute(update(followed_streams).where(here).values(seq=0))
    (line,) = await told(village, gareth, "mentioned you")
    assert line["read_at"]


async def test_edits_that_name_somebody_tell_them_once(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(amara, place, "Night cover")
    post = await village.reply(gareth, place, thread, "Somebody knows.")
    await edit(village, gareth, place, post, "Somebody knows: @Priya, @Amara.")
    await told(village, priya, "Gareth mentioned you")
    await edit(village, gareth, place, post, "Somebody knows: @Priya, @Amara!")
    await settled(village, gareth, place, priya)
    assert [text for text in texts(await lines_of(village, priya)) if "mentioned" in text] == [
        "Gareth mentioned you in “Night cover”"
    ]
    assert (await village.program(gareth).delete(f"/api/v1/posts/{post}")).status_code == 204
    await until(village, priya, lambda lines: not any("mentioned" in line["text"] for line in lines))
    assert not any(
        "Night cover" in line["text"] and "Gareth" in line["text"] for line in await lines_of(village, amara)
    )


async def test_who_leaves_sees_nothing_of_it_and_who_comes_back_begins_anew(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    await village.thread(amara, place, "Canaryword", "For @Gareth.")
    await told(village, gareth, "Canaryword")
    await village.remove(place.id, gareth)
    assert await lines_of(village, gareth) == []
    await village.thread(amara, place, "Canaryword again", "For @Gareth.")
    await village.join(place.id, gareth)
    await settled(village, amara, place, gareth)
    assert not any("Canaryword" in text for text in texts(await lines_of(village, gareth)))


async def test_many_members_and_a_post_that_names_fifty(village: Village) -> None:
    """In parts, each line once, whoever else follows the same stream at the same time."""
    amara, *others = await village.people("Amara", *(f"Member Number{number:03}" for number in range(60)))
    place = await village.network(amara, others)
    names = " ".join(f"@{person.name}" for person in others[:50])
    thread = await village.thread(amara, place, "All of you", f"Hello {names}")
    heard: set[str] = set()
    await asyncio.gather(*(follow_networks(village.state, heard) for _ in range(4)))
    await told(village, others[-1], "began")

    async def count(kind: str) -> int:
        asked = select(func.count()).where(notifications.c.thread_id == thread, notifications.c.kind == kind)
        async with village.state.database.read() as connection:
            return await connection.scalar(asked) or 0

    for _ in range(200):
        if (await count("post.mentioned"), await count("thread.begun")) == (50, 10):
            break
        await asyncio.sleep(0.05)
    assert (await count("post.mentioned"), await count("thread.begun")) == (50, 10)
    async with village.state.transaction() as tx:  # as if the end of the work had been lost
        here = followed_streams.c.stream == f"network:{place.id}"
        await tx.execute(update(followed_streams).where(here).values(seq=0))
    await settled(village, amara, place, others[0])
    assert (await count("post.mentioned"), await count("thread.begun")) == (50, 10)


async def test_what_somebody_hears_of_a_thread_does_not_change_by_itself(village: Village) -> None:
    """Who just wrote finds it watched at once, before the worker comes to note it, and who only reads does not."""
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    thread = await village.thread(amara, place, "Night cover")
    await village.reply(gareth, place, thread, "Ours does.")

    async def chosen(who: Villager) -> str:
        page = (await village.browser(who).get(f"/threads/{thread}")).text
        return "".join(re.findall(r'value="(\w+)" aria-current="true"', page))

    at_once = [await chosen(gareth), await chosen(priya)]
    await settled(village, gareth, place, amara)
    assert at_once == ["watch", "normal"] == [await chosen(gareth), await chosen(priya)]
    assert await chosen(amara) == "watch"


async def test_networks_whose_events_are_gone_or_fail_keep_no_other_waiting(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following_commands, "STREAMS_AT_ONCE", 1)
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    places = [await village.network(amara, [gareth]) for _ in range(3)]
    emptied, broken, sound = (f"network:{place.id}" for place in places)
    for place in places:
        await settled(village, amara, place, gareth)
    first_of, tell = {"seq": 0}, following_commands.follow_stream
    async with village.state.transaction() as tx:
        await tx.execute(delete(events).where(events.c.stream == emptied))
        await tx.execute(
            update(followed_streams).where(followed_streams.c.stream.in_((emptied, broken, sound))).values(first_of)
        )

    async def fail(tx: Transaction, stream: str) -> bool:
        if stream == broken:
            raise ValueError("as a slip of ours would")
        return await tell(tx, stream)

    monkeypatch.setattr(following_commands, "follow_stream", fail)
    heard: set[str] = set()
    await follow_networks(village.state, heard)
    assert heard >= {broken}
    at = select(followed_streams.c.stream, followed_streams.c.seq)
    async with village.state.database.read() as connection:
        come_to = dict(map(tuple, await connection.execute(at)))
    assert come_to[emptied] > 0
    assert come_to[sound] > 0


async def test_a_move_takes_the_lines_along_and_leaves_all_others(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place, target = await village.network(amara, [gareth, priya]), await village.network(amara, [priya])
    stays = await village.thread(amara, place, "It stays")
    goes = await village.thread(amara, place, "It goes")
    await told_of_thread(village, gareth, goes)
    await told_of_thread(village, priya, goes)
    path = f"/api/v1/threads/{goes}/move"
    answer = await village.program(amara).post(path, json={"network": target.slug, "reason": "Theirs now."})
    assert answer.status_code < 300, answer.text
    asked = select(notifications.c.account_id, notifications.c.thread_id, notifications.c.network_id)
    about = notifications.c.thread_id.in_((stays, goes))
    async with village.state.database.read() as connection:
        lines = set(map(tuple, await connection.execute(asked.where(about))))
    assert lines == {(gareth.id, stays, place.id), (priya.id, stays, place.id), (priya.id, goes, target.id)}
    # The worker goes on with both networks.
    await settled(village, amara, place, gareth)
    await settled(village, amara, target, priya)
    # Who moves one that they have no line of is not told that it is there; others of the target are.
    his = await village.thread(gareth, place, "His goes as well")
    await told_of_thread(village, amara, his)
    async with village.state.transaction() as tx:
        await tx.execute(delete(notifications).where(notifications.c.thread_id == his))
    path = f"/api/v1/threads/{his}/move"
    body = {"network": target.slug, "reason": "It belongs there."}
    assert (await village.program(amara).post(path, json=body)).status_code < 300
    await told_of_thread(village, priya, his)
    await settled(village, amara, target, priya)
    assert not [line for line in await lines_of(village, amara) if (line["thread"] or {}).get("id") == his]
