"""What waits, or waited, of a thread that has moved since: what it is called there is told to nobody who can't read it,
and it waits where it can be let in, or says why it can't."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.attaching import list_held_files
from forum.moderation.quieting_queries import find_rejection
from forum.tables import held_posts, notifications, post_files
from tests.forum.attachments.bringing import bring, send, statuses
from tests.forum.threads.test_holding_commands import count_of, made_held
from tests.forum.threads.village import Place, Village, Villager

OLD, NEW = "Night rota", "Quokka by moonlight"
MOVED = "moved to another network"


@dataclass(frozen=True, slots=True)
class Moved:
    """A thread begun in the open, by now in a closed network, where it has another title.

    Ada administers both. Milo moderates the open one alone, Cora the closed one. Ben is a member of both.
    """

    village: Village
    ada: Villager
    milo: Villager
    cora: Villager
    ben: Villager
    left: Place
    here: Place
    thread: str
    rejected: str
    """Ben's, turned down by Milo before the thread moved …"""
    act: str
    approved: str
    """… and let in."""

    async def ask(self, who: Villager, method: str, path: str, body: Any = None) -> Any:
        return await self.village.program(who).request(method, f"/api/v1{path}", json=body)

    async def do(self, who: Villager, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(who, method, path, body)
        assert answer.status_code < 300, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def waiting(self, who: Villager, place: Place) -> list[str]:
        return [each["id"] for each in (await self.do(who, "GET", f"/networks/{place.slug}/held"))["items"]]

    async def ban(self, place: Place) -> None:
        """Ben is removed from this network for good."""
        path = f"/networks/{place.slug}/members/{self.ben.id}"
        await self.do(self.ada, "PATCH", path, {"status": "banned", "reason": "Enough."})

    async def move(self, target: Place) -> None:
        body = {"network": target.slug, "reason": "It belongs there.", "confirm": target.name}
        await self.do(self.ada, "POST", f"/threads/{self.thread}/move", body)

    async def shown_to(self, who: Villager, held_id: str, place: Place) -> list[str]:
        """Whatever speaks of it to this person in this network."""
        browser, at = self.village.browser(who), f"/networks/{place.slug}/held"
        pages = [f"{at}/{held_id}", at, f"/held/{held_id}", f"/acts/{self.act}", "/notifications", "/"]
        pages += [f"/api/v1{at}/{held_id}", f"/api/v1{at}", f"/api/v1/acts/{self.act}", "/api/v1/me/notifications"]
        answers = [await browser.get(page, follow_redirects=True) for page in pages[:6]]
        return [each.text for each in answers] + [
            (await self.ask(who, "GET", page.removeprefix("/api/v1"))).text for page in pages[6:]
        ]


async def begin(village: Village) -> Moved:
    """The thread before it moves, with one reply that was turned down and one that was let in."""
    ada, milo, cora, ben = await village.people("Ada", "Milo", "Cora", "Ben")
    left = await village.network(ada, [ben], access="open")
    here = await village.network(ada, [ben])
    await village.join(left.id, milo, "moderator")
    await village.join(here.id, cora, "moderator")
    thread = await village.thread(ada, left, OLD)
    await made_held(village, ada, ben, left)
    path, at = f"/threads/{thread}/posts", f"/networks/{left.slug}/held"
    moved = Moved(village, ada, milo, cora, ben, left, here, thread, "", "", "")
    rejected, approved = [(await moved.do(ben, "POST", path, {"body": f"Say {n}."}))["id"] for n in range(2)]
    await moved.do(milo, "POST", f"{at}/{rejected}/rejection", {"reason": "Not so."})
    await moved.do(milo, "POST", f"{at}/{approved}/approval")
    lines = (await moved.do(ben, "GET", "/me/notifications"))["items"]
    assert [line["kind"] for line in lines][:2] == ["post.approved", "post.rejected"]
    act = (await village.browser(ben).get(f"/networks/{left.slug}/held/{rejected}")).text
    act_id = act.partition('href="/acts/')[2].partition('"')[0]
    return Moved(village, ada, milo, cora, ben, left, here, thread, rejected, act_id, approved)


async def begin_and_move(village: Village) -> Moved:
    """The same, moved and given another title."""
    moved = await begin(village)
    await moved.move(moved.here)
    await moved.do(moved.ada, "PATCH", f"/threads/{moved.thread}", {"title": NEW, "reason": "Clearer."})
    return moved


async def until_it_waits(moved: Moved, held_id: str) -> None:
    """The worker lets it wait where the thread is, a moment after it waits again."""
    for _ in range(600):
        if await moved.waiting(moved.cora, moved.here) == [held_id]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await moved.waiting(moved.cora, moved.here))


async def test_its_new_title_is_told_to_nobody_who_can_not_read_it_there(village: Village) -> None:
    moved = await begin_and_move(village)
    await moved.ban(moved.here)
    at = f"/networks/{moved.left.slug}/held"
    for who in (moved.milo, moved.ben):
        assert (await moved.ask(who, "GET", f"/threads/{moved.thread}")).status_code == 404
        for held_id in (moved.rejected, moved.approved):
            assert not [text for text in await moved.shown_to(who, held_id, moved.left) if NEW in text], held_id
            assert (await moved.do(who, "GET", f"{at}/{held_id}"))["title"] == OLD
    async with village.state.database.read() as connection:
        letter = await find_rejection(connection, moved.rejected, moved.act)
        assert letter is not None
        assert letter.title == ""
    # Who reads it there finds it by its name.
    assert (await moved.do(moved.ada, "GET", f"{at}/{moved.rejected}"))["title"] == NEW
    # Waiting again: Ben may not write where the thread is.
    await moved.do(moved.ada, "POST", f"/acts/{moved.act}/undo", {"reason": "He was right."})
    assert await moved.waiting(moved.milo, moved.left) == [moved.rejected]
    for who in (moved.milo, moved.ben):
        shown = await moved.shown_to(who, moved.rejected, moved.left)
        assert not [text for text in shown if NEW in text]
        assert (MOVED in shown[0], OLD in shown[0], f"/threads/{moved.thread}" in shown[0]) == (True, True, False)
    listed = (await village.browser(moved.milo).get(at)).text
    assert (OLD in listed, f"{moved.rejected}/approval" in listed) == (True, False)


async def test_what_can_not_be_let_in_from_here_says_that_the_thread_has_moved(village: Village) -> None:
    moved = await begin_and_move(village)
    await moved.ban(moved.here)
    await moved.do(moved.ada, "POST", f"/acts/{moved.act}/undo", {"reason": "He was right."})
    at = f"/networks/{moved.left.slug}/held/{moved.rejected}"
    refused = await moved.ask(moved.milo, "POST", f"{at}/approval")
    assert (refused.status_code, MOVED in refused.text, "no member" in refused.text) == (409, True, False)
    page = await village.browser(moved.milo).post(f"{at}/approval")
    assert (page.status_code, MOVED in page.text) == (409, True)
    # It keeps the thread nowhere, and is let in as soon as that is back.
    await moved.move(moved.left)
    await moved.do(moved.milo, "POST", f"{at}/approval")
    assert (await moved.do(moved.ben, "GET", f"/posts/{moved.rejected}"))["body"] == "Say 0."
    assert await count_of(village, moved.left, moved.ben) == (0, 0)


async def test_it_waits_where_the_thread_is_now_and_is_let_in_there(village: Village) -> None:
    moved = await begin_and_move(village)
    await moved.do(moved.ada, "POST", f"/acts/{moved.act}/undo", {"reason": "He was right."})
    await until_it_waits(moved, moved.rejected)
    assert await moved.waiting(moved.milo, moved.left) == []
    assert await count_of(village, moved.left, moved.ben) == (0, 0)
    assert await count_of(village, moved.here, moved.ben) == (1, 1)
    lines = select(notifications.c.account_id).where(
        notifications.c.object_id == moved.rejected,
        notifications.c.kind == "post.held",
        notifications.c.network_id == moved.here.id,
    )
    async with village.state.database.read() as connection:
        assert set(await connection.scalars(lines)) == {moved.ada.id, moved.cora.id}
    # Milo has no more to do with it; the act's page leads who has to where it is.
    assert (await moved.ask(moved.milo, "GET", f"/networks/{moved.left.slug}/held/{moved.rejected}")).status_code == 404
    assert f"/held/{moved.rejected}" not in (await village.browser(moved.milo).get(f"/acts/{moved.act}")).text
    for who in (moved.ada, moved.ben):
        led = await village.browser(who).get(f"/networks/{moved.left.slug}/held/{moved.rejected}")
        assert led.headers["location"] == f"/networks/{moved.here.slug}/held/{moved.rejected}"
    await moved.do(moved.cora, "POST", f"/networks/{moved.here.slug}/held/{moved.rejected}/approval")
    assert (await moved.do(moved.cora, "GET", f"/posts/{moved.rejected}"))["body"] == "Say 0."
    assert await count_of(village, moved.here, moved.ben) == (0, 0)


async def test_so_does_what_an_appeal_gives_back_to_who_belongs_there_alone(village: Village) -> None:
    moved = await begin_and_move(village)
    await moved.do(moved.ben, "POST", f"/acts/{moved.act}/appeal", {"words": "I was right."})
    await moved.ban(moved.left)
    answer = {"outcome": "overturned", "answer": "So you were."}
    await moved.do(moved.ada, "POST", f"/acts/{moved.act}/answer", answer)
    await until_it_waits(moved, moved.rejected)
    assert await count_of(village, moved.left, moved.ben) == (0, 0)
    assert await count_of(village, moved.here, moved.ben) == (1, 1)


async def test_what_lapsed_follows_its_thread_when_the_removal_is_undone(village: Village) -> None:
    moved = await begin(village)
    late = (await moved.do(moved.ben, "POST", f"/threads/{moved.thread}/posts", {"body": "Late."}))["id"]
    await moved.ban(moved.left)
    await moved.move(moved.here)
    lines = (await moved.do(moved.ben, "GET", "/me/notifications"))["items"]
    (ban,) = [line["object_id"] for line in lines if line["kind"] == "membership.ended"]
    await moved.do(moved.ada, "POST", f"/acts/{ban}/undo", {"reason": "Mistake."})
    await until_it_waits(moved, late)
    assert await count_of(village, moved.left, moved.ben) == (0, 0)
    assert await count_of(village, moved.here, moved.ben) == (1, 1)


async def test_its_files_go_with_it(village: Village) -> None:
    moved = await begin(village)
    file = await bring(village, moved.ben, moved.left)
    held = (await send(village, moved.ben, moved.thread, [file])).json()["id"]
    at = f"/networks/{moved.left.slug}/held/{held}"
    await moved.do(moved.milo, "POST", f"{at}/rejection", {"reason": "No."})
    act = (await village.browser(moved.milo).get(at)).text.partition('href="/acts/')[2].partition('"')[0]
    await moved.move(moved.here)
    await moved.do(moved.ada, "POST", f"/acts/{act}/undo", {"reason": "Yes."})
    await until_it_waits(moved, held)
    async with village.state.database.read() as connection:
        assert len((await list_held_files(connection, [held]))[held]) == 1
        where = select(post_files.c.network_id).where(post_files.c.id == file["id"])
        assert await connection.scalar(where) == moved.here.id
    assert await statuses(village, moved.cora, file) == {200}
    assert await statuses(village, moved.milo, file) == {404}


async def test_a_thread_that_was_let_in_and_moved_keeps_its_new_title_from_who_let_it_in(village: Village) -> None:
    moved = await begin(village)
    new = {"title": "Of a Mr Smith", "body": "He sleeps badly."}
    held = (await moved.do(moved.ben, "POST", f"/networks/{moved.left.slug}/threads", new))["id"]
    at = f"/networks/{moved.left.slug}/held/{held}"
    await moved.do(moved.milo, "POST", f"{at}/approval")
    body = {"network": moved.here.slug, "reason": "It belongs there.", "confirm": moved.here.name}
    await moved.do(moved.ada, "POST", f"/threads/{held}/move", body)
    (first,) = (await moved.do(moved.ada, "GET", f"/threads/{held}/posts"))["items"]
    hiding = {"rule": "patient_data", "reason": "It names somebody.", "title": NEW}
    await moved.do(moved.cora, "POST", f"/posts/{first['id']}/hiding", hiding)
    await moved.ban(moved.here)
    for who in (moved.milo, moved.ben):
        assert (await moved.do(who, "GET", at))["title"] in ("", "[title hidden]")
    async with village.state.database.read() as connection:
        kept = await connection.scalar(select(held_posts.c.title).where(held_posts.c.id == held))
    assert kept == "[title hidden]"
