"""Broken glass: read and not write, told, shown, logged, and over exactly when it is over, on sockets too."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from auth.accounts import set_site_administrator
from forum.audit import SITE, find_broken
from forum.audit_log.glass_commands import break_glass, end_by_itself
from forum.tables import audit_rows, broken_glass, notifications
from ground.columns import now
from tests.forum.threads.village import Place, Village, Villager
from tests.realtime.reader import Reader

REASON = "A member told us of a threat <b>here</b>"


async def smash(village: Village, person: Villager, place: Place, hours: str = "1", reason: str = REASON) -> int:
    path = f"/site/networks/{place.slug}/glass"
    answer = await village.browser(person).post(path, data={"reason": reason, "hours": hours})
    return int(answer.status_code)


async def statuses(village: Village, person: Villager, place: Place, thread: str, post: str) -> list[int]:
    """What they get where the network's content lies, by page and by API."""
    browser, program = village.browser(person), village.program(person)
    pages = (f"/threads/{thread}", f"/posts/{post}/versions", f"/networks/{place.slug}/members")
    answers = [await browser.get(path) for path in pages]
    paths = (f"/threads/{thread}", f"/threads/{thread}/posts", f"/networks/{place.slug}/threads", f"/posts/{post}")
    answers += [await program.get(f"/api/v1{path}") for path in paths]
    return [answer.status_code for answer in answers]


@pytest.mark.parametrize("access", ["closed", "secret"])
async def test_read_everything_write_nothing_and_no_longer(village: Village, overseer: Villager, access: str) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara, [ben], access=access)  # type: ignore[arg-type]
    thread = await village.thread(ben, place, "Rota")
    post = await village.reply(ben, place, thread)
    whole = (thread, post)
    assert set(await statuses(village, overseer, place, *whole)) == {404}
    assert await smash(village, overseer, place, hours="2") == 303
    assert set(await statuses(village, overseer, place, *whole)) == {200}
    program, browser = village.program(overseer), village.browser(overseer)
    refused = [
        await program.post(f"/api/v1/threads/{thread}/posts", json={"body": "x"}),
        await program.post(f"/api/v1/networks/{place.slug}/threads", json={"title": "x", "body": "x"}),
        await program.patch(f"/api/v1/threads/{thread}", json={"title": "x"}),
        await program.patch(f"/api/v1/posts/{post}", json={"body": "x"}),
        await program.post(f"/api/v1/posts/{post}/removal", json={"reason": "x"}),
        await program.put(f"/api/v1/threads/{thread}/watch", json={"level": "watch"}),
        await program.patch(f"/api/v1/networks/{place.slug}", json={"purpose": "x"}),
        await program.post(f"/api/v1/networks/{place.slug}/invitations", json={"emails": ["a@example.org"]}),
        await browser.post(f"/threads/{thread}/posts", data={"body": "x"}),
        await program.post(f"/api/v1/posts/{post}/reports", json={"rule": "other", "words": "Look at this"}),
        await program.post(
            f"/api/v1/networks/{place.slug}/members/{ben.id}/reports", json={"rule": "other", "words": "Look at this"}
        ),
        await browser.get(f"/networks/{place.slug}/log"),
        await browser.get(f"/networks/{place.slug}/settings"),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert "through broken glass" in (await browser.get(f"/threads/{thread}")).text
    other = await village.network(amara, access=access)  # type: ignore[arg-type]
    assert (await program.get(f"/api/v1/networks/{other.slug}/threads")).status_code == 404
    assert (await browser.post(f"/site/networks/{place.slug}/glass/end")).status_code == 303
    assert set(await statuses(village, overseer, place, *whole)) == {404}


async def test_its_time_is_over_by_the_clock_alone(village: Village, overseer: Villager) -> None:
    """Even where no worker comes to end it, and for who looks after the site no more."""
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    thread = await village.thread(amara, place)
    await smash(village, overseer, place)
    program = village.program(overseer)
    here = update(broken_glass).where(broken_glass.c.network_id == place.id)
    async with village.state.transaction() as tx:
        await set_site_administrator(tx.connection, overseer.id, False)
    assert (await program.get(f"/api/v1/threads/{thread}")).status_code == 404
    async with village.state.transaction() as tx:
        await set_site_administrator(tx.connection, overseer.id, True)
    assert (await program.get(f"/api/v1/threads/{thread}")).status_code == 200
    async with village.state.transaction() as tx:
        await tx.execute(here.values(ends_at=now() - timedelta(milliseconds=1)))
    assert (await program.get(f"/api/v1/threads/{thread}")).status_code == 404
    assert (await village.browser(overseer).get(f"/threads/{thread}")).status_code == 404


async def test_administrators_are_told_and_shown_and_others_are_not(village: Village, overseer: Villager) -> None:
    amara, helen, ben = await village.people("Amara Okafor", "Helen Turner", "Ben Ito")
    place = await village.network(amara, [ben])
    await village.join(place.id, helen, "administrator")
    assert await smash(village, overseer, place) == 303
    assert await smash(village, overseer, place, reason="Once more") == 303
    async with village.state.database.read() as connection:
        told = select(notifications.c.account_id).where(
            notifications.c.kind == "glass.broken", notifications.c.network_id == place.id
        )
        assert set(await connection.scalars(told)) == {amara.id, helen.id}
        counted = select(func.count()).where(broken_glass.c.network_id == place.id)
        assert await connection.scalar(counted) == 1
    shown = (await village.browser(helen).get(f"/networks/{place.slug}/members")).text
    assert "is reading this network" in shown
    assert "threat &lt;b&gt;here" in shown
    assert "is reading this network" not in (await village.browser(ben).get(f"/networks/{place.slug}")).text
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert "Olwen Pugh (site administrator) broke the glass" in log
    await village.browser(overseer).post(f"/site/networks/{place.slug}/glass/end")
    await village.browser(overseer).post(f"/site/networks/{place.slug}/glass/end")
    assert "is reading this network" not in (await village.browser(helen).get(f"/networks/{place.slug}")).text
    async with village.state.database.read() as connection:
        acts = select(audit_rows.c.act).where(audit_rows.c.chain == place.id, audit_rows.c.act.like("glass.%"))
        assert list(await connection.scalars(acts.order_by(audit_rows.c.number))) == ["glass.broken", "glass.ended"]
        both = select(func.count()).where(audit_rows.c.chain == SITE, audit_rows.c.object_id == place.id)
        assert await connection.scalar(both) == 2
        assert [trouble async for trouble in find_broken(connection)] == []


async def test_a_socket_hears_until_it_ends_and_nothing_after(village: Village, overseer: Villager) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    thread = await village.thread(amara, place)
    stream = f"network:{place.id}"
    url = f"{village.url.replace('http', 'ws')}/live"
    reader = await Reader.open(url, token=overseer.token, origin=village.url)
    try:
        await reader.frame("welcome")
        await reader.say(type="subscribe", id=1, stream=stream)
        await reader.until(lambda: any(frame.get("code") == "not_found" for frame in reader.frames))
        async with village.state.transaction() as tx:
            glass_id = await break_glass(tx, await village.viewer(overseer), place.slug, REASON, 1)
        await reader.say(type="subscribe", id=2, stream=stream)
        await reader.frame("subscribed")
        program = village.program(amara)
        await program.post(f"/api/v1/threads/{thread}/posts", json={"body": "heard"})
        await reader.until(lambda: any(frame.get("kind") == "post.created" for frame in reader.frames))
        async with village.state.transaction() as tx:
            await end_by_itself(tx, glass_id)
        await program.post(f"/api/v1/threads/{thread}/posts", json={"body": "secret afterwards"})
        await reader.frame("unsubscribed")
        await reader.say(type="subscribe", id=3, stream=stream)
        await reader.until(lambda: any(frame.get("id") == 3 for frame in reader.frames))
        assert not any("secret afterwards" in str(frame) for frame in reader.frames)
    finally:
        await reader.close()


async def test_only_who_looks_after_the_site_and_only_where_there_is_glass(
    village: Village, overseer: Villager
) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara, [ben], access="secret")
    for person in (amara, ben):
        assert await smash(village, person, place) == 403
        assert (await village.browser(person).get(f"/site/networks/{place.slug}/glass")).status_code == 403
        assert (await village.browser(person).get("/site/networks")).status_code == 403
    assert (await village.browser().get("/site/networks")).status_code == 303
    is_open = await village.network(amara, access="open")
    assert await smash(village, overseer, is_open) == 403
    own = await village.network(overseer)
    assert await smash(village, overseer, own) == 403
    browser = village.browser(overseer)
    assert (
        await browser.post("/site/networks/no-such-place/glass", data={"reason": "x", "hours": "1"})
    ).status_code == 404
    for wrong in (
        {"reason": "  "},
        {"reason": "x" * 1001},
        {"hours": "0"},
        {"hours": "25"},
        {"hours": "-1"},
        {"hours": "1e"},
    ):
        answer = await browser.post(f"/site/networks/{place.slug}/glass", data={"reason": REASON, "hours": "1"} | wrong)
        assert answer.status_code == 422, wrong
    page = (await browser.get(f"/site/networks?q={place.name}")).text
    assert place.name in page
    assert "Break the glass…" in page


async def test_by_the_api_and_ten_at_once(village: Village, overseer: Villager) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    path = f"/api/v1/networks/{place.slug}/glass"
    program = village.program(overseer)
    answers = await asyncio.gather(*(program.put(path, json={"reason": REASON, "hours": 3}) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(func.count()).where(broken_glass.c.network_id == place.id)) == 1
    assert (await program.delete(path)).status_code == 204
    assert (await program.put(path, json={"reason": REASON, "hours": 25})).status_code == 422
    assert (await village.program(amara).put(path, json={"reason": REASON, "hours": 1})).status_code == 403
