"""A closed network that was opened: what members wrote before stays theirs, and its stream tells nobody else of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from httpx2 import AsyncClient, Response

from forum.errors import Forbidden
from forum.networks.commands import change_network
from forum.networks.inputs import NetworkChange
from forum.threads import commands, queries
from forum.threads.thread_commands import Wanted, change_thread
from forum.threads.writing import lay_out
from tests.forum.threads.village import Place, Village, Villager
from tests.realtime.reader import Reader


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened network: Ada administers it, Ben is a member, Olga is not."""

    ada: Villager
    ben: Villager
    olga: Villager
    place: Place
    older: str
    """The thread that stayed with the members, with a post by each of them."""
    posts: list[str]
    head: int
    """How far its stream had come by then."""

    @property
    def stream(self) -> str:
        return f"network:{self.place.id}"


async def open_up(village: Village, who: Villager, place: Place, **more: Any) -> None:
    answer = await village.program(who).patch(
        f"/api/v1/networks/{place.slug}", json={"access": "open", "confirm": place.name, **more}
    )
    assert answer.status_code == 200, answer.text


@pytest_asyncio.fixture
async def opened(village: Village) -> Opened:
    ada, ben, olga = await village.people("Ada", "Ben", "Olga")
    place = await village.network(ada, [ben])
    older = await village.thread(ada, place, "Among ourselves", "Osprey words.")
    posts = [await village.reply(ben, place, older, "Osprey."), await village.reply(ada, place, older, "Osprey too.")]
    await open_up(village, ada, place)
    as_of = (await village.program(ben).get(f"/api/v1/networks/{place.slug}/threads")).json()["as_of"]
    return Opened(ada, ben, olga, place, older, posts, as_of[f"network:{place.id}"][1])


async def events(client: AsyncClient, opened: Opened, after: int) -> Response:
    return await client.get(f"/api/v1/networks/{opened.place.slug}/events", params={"after": after})


@pytest_asyncio.fixture
async def readers(village: Village, opened: Opened) -> AsyncIterator[list[Reader]]:
    """Sockets of somebody signed out, of an outsider, of a member and of the administrator."""
    url = f"{village.url.replace('http', 'ws')}/live"
    made = [
        await Reader.open(url, token=who.token if who else None, origin=village.url)
        for who in (None, opened.olga, opened.ben, opened.ada)
    ]
    for reader in made:
        await reader.frame("welcome")
    yield made
    for reader in made:
        await reader.close()


async def test_outsiders_learn_nothing_of_when_members_wrote(village: Village, opened: Opened) -> None:
    for program in (village.program(), village.program(opened.olga), village.program(opened.ben)):
        past = await events(program, opened, 0)
        assert (past.status_code, past.json()["why"], past.json()["head"]) == (410, "expired", opened.head)
        last = (await events(program, opened, opened.head - 1)).json()["items"]
        assert [item["kind"] for item in last] == ["network.changed"]


async def test_whoever_resumes_from_before_loads_afresh(
    village: Village, opened: Opened, readers: list[Reader]
) -> None:
    for reader in readers:
        for start in (0, opened.head - 2):
            await reader.say(type="subscribe", id=start, stream=opened.stream, **{"from": [reader.epoch, start]})
            await reader.frame("subscribed", id=start)
            await reader.until(lambda r=reader: [f for f in r.frames if f.get("why") == "expired"])  # type: ignore[misc]
            reader.frames[:] = [frame for frame in reader.frames if frame["type"] == "welcome"]
        await reader.say(type="fetch", id=5, stream=opened.stream, after=0)
        await reader.until(lambda r=reader: [f for f in r.frames if f.get("why") == "expired"])  # type: ignore[misc]
    post_id = await village.reply(
        opened.ben, opened.place, await village.thread(opened.ada, opened.place, "For everybody")
    )
    url = f"{village.url.replace('http', 'ws')}/live"
    resumed = await Reader.open(
        url, origin=village.url, resume={opened.stream: [readers[0].epoch, opened.head - 3]}, token=None
    )
    await resumed.frame("resync", stream=opened.stream, why="expired")
    for reader in [*readers, resumed]:
        if reader is not resumed:
            await reader.event(opened.stream, opened.head + 2)
        told = [event for event in reader.all_events(opened.stream) if event["kind"] != "network.changed"]
        assert {event["kind"] for event in told} <= {"thread.created", "post.created"}
        assert all(event["object"] is not None for event in told)
        assert "Osprey" not in repr(told)
    assert readers[0].places[opened.stream].applied[-1]["object"]["id"] == post_id
    await resumed.close()


async def test_nobody_writes_in_what_stayed_with_the_members(village: Village, opened: Opened) -> None:
    ada, ben = village.program(opened.ada), village.program(opened.ben)
    refused = [
        await ben.post(f"/api/v1/threads/{opened.older}/posts", json={"body": "More."}),
        await ada.post(f"/api/v1/threads/{opened.older}/posts", json={"body": "More."}),
        await ben.patch(f"/api/v1/posts/{opened.posts[0]}", json={"body": "Otherwise."}),
        await ada.patch(f"/api/v1/threads/{opened.older}", json={"title": "Another"}),
        await ada.patch(f"/api/v1/threads/{opened.older}", json={"locked": True}),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert {answer.json()["detail"] for answer in refused} == {
        "This thread was written while the network was closed. It stays with those who were members then; "
        "go on in a new thread."
    }
    for who in (opened.ada, opened.ben):
        page = (await village.browser(who).get(f"/threads/{opened.older}")).text
        assert "Osprey words." in page
        assert "It stays with those who were members then" in page
        assert 'id="compose"' not in page
    for outsider in (None, opened.olga):
        assert (await village.browser(outsider).get(f"/threads/{opened.older}")).status_code == 404
        assert (await village.browser(outsider).get(f"/posts/{opened.posts[0]}")).status_code == 404
        assert opened.older not in (await village.browser(outsider).get(f"/networks/{opened.place.slug}")).text
    assert opened.older in (await village.browser(opened.ben).get(f"/networks/{opened.place.slug}")).text


async def test_who_lets_themselves_in_later_reads_no_more_than_anybody(village: Village, opened: Opened) -> None:
    """An open network takes everybody who asks: one press must not be the way into what was said among members."""
    slug, olga, ada = opened.place.slug, village.program(opened.olga), village.program(opened.ada)
    assert (await olga.put(f"/api/v1/networks/{slug}/members/me", json={})).status_code == 200
    paths = [f"/threads/{opened.older}", f"/threads/{opened.older}/posts", f"/posts/{opened.posts[0]}"]
    assert [(await olga.get(f"/api/v1{path}")).status_code for path in paths] == [404, 404, 404]
    browser = village.browser(opened.olga)
    for path in (f"/threads/{opened.older}", f"/posts/{opened.posts[0]}", f"/threads/{opened.older}/posts/1/versions"):
        assert (await browser.get(path)).status_code == 404
    pages = [(await browser.get(path)).text for path in ("/", f"/networks/{slug}", f"/networks/{slug}?filter=all")]
    pages.append((await olga.get(f"/api/v1/networks/{slug}/threads")).text)
    assert all(opened.older not in page and "Osprey" not in page for page in pages)
    page = (await browser.get(f"/networks/{slug}")).text
    assert "unread" not in page.split("<main")[1]
    # Whom administrators trust to keep order there reads it all.
    role = {"role": "moderator"}
    member = f"/api/v1/networks/{slug}/members/{opened.olga.id}"
    assert (await ada.patch(member, json=role)).status_code == 200
    assert (await olga.get(f"/api/v1/threads/{opened.older}")).status_code == 200


async def test_a_removal_there_is_told_to_moderators_only(
    village: Village, opened: Opened, readers: list[Reader]
) -> None:
    moderator, stream = readers[-1], f"moderators:{opened.place.id}"
    before = len(moderator.all_events(stream))
    ada = village.program(opened.ada)
    removal = await ada.post(f"/api/v1/posts/{opened.posts[0]}/removal", json={"reason": "Off the point."})
    assert removal.status_code == 200, removal.text
    assert (await ada.patch(f"/api/v1/threads/{opened.older}", json={"pinned": True})).status_code == 200
    await moderator.until(lambda: len(moderator.all_events(stream)) == before + 2)
    removed, pinned = moderator.all_events(stream)[before:]
    assert (removed["kind"], removed["object"]["id"]) == ("post.removed", opened.posts[0])
    assert (pinned["kind"], pinned["object"]["pinned"]) == ("thread.changed", True)
    after = await events(village.program(), opened, opened.head)
    assert (after.json()["items"], after.json()["as_of"][opened.stream][1]) == ([], opened.head)
    assert all(not reader.all_events(stream) for reader in readers[:-1])


async def test_what_is_opened_with_its_past_goes_on(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    older = await village.thread(ada, place)
    await open_up(village, ada, place, with_past=True)
    assert (await village.browser().get(f"/threads/{older}")).status_code == 200
    post_id = await village.reply(ben, place, older)
    answer = await village.program().get(f"/api/v1/networks/{place.slug}/events", params={"after": 0})
    assert (answer.status_code, answer.json()["why"]) == (410, "expired")
    answer = await village.program().get(
        f"/api/v1/networks/{place.slug}/events", params={"after": answer.json()["head"] - 1}
    )
    assert [item["object"]["id"] for item in answer.json()["items"]] == [post_id]


async def test_nothing_begun_before_is_written_after_the_opening(village: Village) -> None:
    """Replies, edits and the opening in one moment: no event of an old thread comes after that of the opening."""
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    older = await village.thread(ada, place)
    post_id = await village.reply(ben, place, older)
    viewers = {person.id: await village.viewer(person) for person in (ada, ben)}
    viewer = viewers[ben.id]
    async with village.state.database.read() as connection:
        thread = await queries.get_thread(connection, viewer, older)

    async def reply(number: int) -> None:
        written = await lay_out(village.state.database, viewer, place.id, f"Reply {number}.")
        async with village.state.transaction() as tx:
            await commands.post_reply(tx, viewer, thread, written)

    async def edit(number: int) -> None:
        written = await lay_out(village.state.database, viewer, place.id, f"Edit {number}.")
        async with village.state.transaction() as tx:
            await commands.edit_post(tx, viewer, post_id, written)

    async def retitle(number: int) -> None:
        async with village.state.transaction() as tx:
            await change_thread(tx, viewers[ada.id], older, Wanted(title=f"Title {number}"))

    async def opening() -> None:
        async with village.state.transaction() as tx:
            wanted = NetworkChange(access="open", confirm=place.name)
            await change_network(tx, viewers[ada.id], place.slug, wanted)

    acts: list[Awaitable[None]] = [act(number) for number in range(6) for act in (reply, edit, retitle)]
    async with asyncio.timeout(60):
        results = await asyncio.gather(*acts[:9], opening(), *acts[9:], return_exceptions=True)
    assert {type(result) for result in results} <= {type(None), Forbidden}
    as_of = (await village.program(ben).get(f"/api/v1/networks/{place.slug}/threads")).json()["as_of"]
    head = as_of[f"network:{place.id}"][1]
    answer = await village.program().get(f"/api/v1/networks/{place.slug}/events", params={"after": head - 1})
    assert [item["kind"] for item in answer.json()["items"]] == ["network.changed"]


async def closed_again(village: Village, opened: Opened) -> None:
    """Olga lets herself in while it is open, and then Ada closes it again."""
    slug = opened.place.slug
    assert (await village.program(opened.olga).put(f"/api/v1/networks/{slug}/members/me", json={})).status_code == 200
    browser = village.browser(opened.ada)
    page = (await browser.get(f"/networks/{slug}/access", params={"access": "closed"})).text
    assert "One person joined while it was open" in page
    assert "had stayed with the members of before" in page
    assert f"/networks/{slug}/reviews" in page
    form = {"access": "closed", "confirm": opened.place.name}
    done = await browser.post(f"/networks/{slug}/access", data=form)
    assert (done.status_code, done.headers["location"]) == (303, f"/networks/{slug}/reviews")
    assert "One member joined while the network was open" in (await browser.get(done.headers["location"])).text


async def statuses(village: Village, opened: Opened, who: Villager) -> list[int]:
    program = village.program(who)
    paths = [f"/threads/{opened.older}", f"/threads/{opened.older}/posts", f"/posts/{opened.posts[0]}"]
    return [(await program.get(f"/api/v1{path}")).status_code for path in paths]


async def keep(village: Village, opened: Opened, *people: Villager) -> str:
    """Ada keeps these people in a review; its address."""
    program, path = village.program(opened.ada), f"/api/v1/networks/{opened.place.slug}/reviews"
    one = f"{path}/{(await program.post(path)).json()['id']}"
    items = [{"account_id": person.id, "decision": "keep"} for person in people]
    assert (await program.post(f"{one}/decisions", json={"items": items})).status_code == 200
    return one


async def test_who_came_while_it_was_open_reads_what_was_before_once_they_are_kept(
    village: Village, opened: Opened, readers: list[Reader]
) -> None:
    await closed_again(village, opened)
    olga, cleo = opened.olga, await village.person("Cleo")
    assert await statuses(village, opened, olga) == [404, 404, 404]
    assert await statuses(village, opened, opened.ben) == [200, 200, 200]
    # Whom an administrator lets in now was let in.
    await village.join(opened.place.id, cleo)
    assert await statuses(village, opened, cleo) == [200, 200, 200]
    # What is written now is for all, and nobody adds to what is not.
    fresh = await village.thread(opened.ben, opened.place, "For all of us")
    assert (await village.program(olga).get(f"/api/v1/threads/{fresh}")).status_code == 200
    refused = await village.program(opened.ben).post(f"/api/v1/threads/{opened.older}/posts", json={"body": "More."})
    assert refused.status_code == 403
    review = await keep(village, opened, olga)
    assert await statuses(village, opened, olga) == [200, 200, 200]
    more = await village.program(opened.ben).post(f"/api/v1/threads/{opened.older}/posts", json={"body": "More."})
    assert more.status_code == 201
    # Taken back, it is as before.
    (decided,) = (await village.program(opened.ada).get(review)).json()["decided"]
    answer = await village.program(opened.ada).delete(f"{review}/decisions/{decided['id']}")
    assert answer.status_code == 204
    assert await statuses(village, opened, olga) == [404, 404, 404]
    log = (await village.program(opened.ada).get(f"/api/v1/networks/{opened.place.slug}/log?limit=100")).json()
    acts = [entry["act"] for entry in log["items"]]
    assert [act for act in acts if act in ("member.let_read", "member.parted")] == ["member.let_read", "member.parted"]


async def test_when_those_who_came_meanwhile_have_gone_people_go_on(village: Village, opened: Opened) -> None:
    await closed_again(village, opened)
    program, path = village.program(opened.ada), f"/api/v1/networks/{opened.place.slug}/reviews"
    one = f"{path}/{(await program.post(path)).json()['id']}"
    subjects = {each["account"]["id"]: each for each in (await program.get(one)).json()["undecided"]}
    assert "Joined while it was open" in subjects[opened.olga.id]["doubts"]
    choice = {"items": [{"account_id": opened.olga.id, "decision": "end"}]}
    assert (await program.post(f"{one}/decisions", json=choice)).status_code == 200
    assert (await program.post(f"{one}/endings", json={"reason": "Nobody knows you"})).json() == {"ended": 1}
    await village.reply(opened.ben, opened.place, opened.older, "We go on.")


async def test_opening_it_once_more_opens_nothing_that_was_kept(village: Village, opened: Opened) -> None:
    await closed_again(village, opened)
    middle = await village.thread(opened.olga, opened.place, "While it was closed again")
    await open_up(village, opened.ada, opened.place)
    olga = village.program(opened.olga)
    assert await statuses(village, opened, opened.olga) == [404, 404, 404]
    assert (await olga.get(f"/api/v1/threads/{middle}")).status_code == 200
    form = {"access": "closed", "confirm": opened.place.name}
    slug = opened.place.slug
    assert (await village.program(opened.ada).patch(f"/api/v1/networks/{slug}", json=form)).status_code == 200
    assert await statuses(village, opened, opened.olga) == [404, 404, 404]
    await open_up(village, opened.ada, opened.place, with_past=True)
    assert (await village.program().get(f"/api/v1/threads/{opened.older}")).status_code == 200
    assert (await village.program(opened.ada).patch(f"/api/v1/networks/{slug}", json=form)).status_code == 200
    assert await statuses(village, opened, opened.olga) == [200, 200, 200]
