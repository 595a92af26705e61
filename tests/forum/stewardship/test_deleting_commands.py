"""Nothing is left of a network after two weeks but a row and its chain, however often the worker was killed."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from forum.audit import find_broken
from forum.stewardship import deleting_commands
from forum.stewardship.deleting_commands import KEPT, delete_network, delete_what_is_due
from forum.tables import audit_rows, audit_words, metadata, networks
from ground.columns import now
from realtime.tables import events
from tests.forum.notifications.telling import told
from tests.forum.search.finding import indexed
from tests.forum.threads.village import Place, Village, Villager

UNTOUCHED = {
    "account_photos",
    "blobs",
    "audit_chains",
    "audit_heads",
    "audit_rows",
    "bounced_addresses",
    "followed_streams",
    "mail_wishes",
    "site",
    "site_pages",
    "requests",
    "search_cursors",
}
"""Tables in which nothing belongs to a network, or stays: what was done, by ids."""


async def fill(village: Village) -> tuple[Place, Place, list[Villager], str]:
    """A network with something in every corner, and another one that must stay as it is."""
    amara, gareth, priya = people = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    other = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place, "Gone", "First @Priya")
    first = await village.reply(priya, place, thread, "Answer @Gareth")
    await village.reply(gareth, place, thread, "To that", reply_to=first)
    await village.thread(gareth, other, "Stays")
    await told(village, amara, "Stays")  # the server's own worker tells of it meanwhile
    program = village.program(amara)
    await village.program(priya).patch(f"/api/v1/posts/{first}", json={"body": "Other words @Gareth"})
    await village.program(priya).put(f"/api/v1/threads/{thread}/watch", json={"level": "watch"})
    invited = {"emails": ["someone@example.org"]}
    assert (await program.post(f"/api/v1/networks/{place.slug}/invitations", json=invited)).status_code == 201
    to_all = {"title": "To all", "body": "Words"}
    said = await program.post(f"/api/v1/networks/{place.slug}/announcements", json=to_all)
    assert said.status_code == 201
    await village.program(priya).put(f"/api/v1/networks/{place.slug}/announcements/{said.json()['id']}/read")
    assert (
        await program.put(f"/api/v1/networks/{place.slug}/deletion", json={"confirm": place.name})
    ).status_code == 200
    return place, other, people, thread


async def make_due(village: Village, place: Place) -> None:
    async with village.state.transaction() as tx:
        over = now() - timedelta(seconds=1)
        await tx.execute(update(networks).where(networks.c.id == place.id).values(deletes_at=over))


async def remains(village: Village, place: Place) -> dict[str, int]:
    """How many rows name the network, by table."""
    found = {}
    async with village.state.database.read() as connection:
        for table in metadata.sorted_tables:
            if "network_id" in table.c and table.name != "network_weeks":  # the server counts meanwhile
                counted = select(func.count()).where(table.c.network_id == place.id)
                found[table.name] = await connection.scalar(counted) or 0
        words = select(func.count()).where(
            audit_words.c.row_id.in_(select(audit_rows.c.id).where(audit_rows.c.chain == place.id))
        )
        found["audit_words"] = await connection.scalar(words) or 0
        heard = select(func.count()).where(events.c.stream.in_((f"network:{place.id}", f"moderators:{place.id}")))
        found["events"] = await connection.scalar(heard) or 0
        assert [broken async for broken in find_broken(connection) if place.id in broken] == []
    return {name: count for name, count in found.items() if count}


async def test_nothing_is_left_but_a_row_and_the_chain(village: Village) -> None:
    place, other, (amara, gareth, _), thread = await fill(village)
    await indexed(village)
    before = await remains(village, other)
    await delete_what_is_due(village.state)  # not yet
    assert (await village.browser(gareth).get(f"/threads/{thread}")).status_code == 200
    await make_due(village, place)
    await delete_what_is_due(village.state)
    left = await remains(village, place)
    assert left.pop("events") <= 2  # the last of each stream: whoever still listens learns of it
    assert left == {}
    assert await remains(village, other) == before
    for who in (amara, gareth):
        for path in (f"/networks/{place.slug}", f"/threads/{thread}", f"/networks/{place.slug}/settings"):
            assert (await village.browser(who).get(path)).status_code == 404
    site = await village.browser(None).get(f"/networks/{place.slug}")
    nothing = await village.browser(None).get("/networks/no-such-network-abcdefgh")
    assert site.status_code == nothing.status_code == 404
    made = await village.network(amara, name=place.name)
    assert made.slug != place.slug
    assert (await village.browser(amara).get(f"/networks/{other.slug}")).status_code == 200
    await delete_what_is_due(village.state)  # there is nothing left to do


async def test_a_worker_that_is_killed_goes_on(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    place, other, _, thread = await fill(village)
    await indexed(village)
    before = await remains(village, other)
    await make_due(village, place)
    monkeypatch.setattr(deleting_commands, "PART", 1)
    for turn in range(200):
        killed = asyncio.create_task(delete_network(village.state, place.id))
        done, _ = await asyncio.wait([killed], timeout=0.01 + turn * 0.01)
        if done:
            break
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        browser = village.browser(None)
        assert (await browser.get(f"/threads/{thread}")).status_code == 404
    left = await remains(village, place)
    left.pop("events", None)
    assert left == {}
    assert await remains(village, other) == before


async def test_who_keeps_it_in_the_last_moment_has_it(village: Village) -> None:
    place, _, (amara, *_), thread = await fill(village)
    await make_due(village, place)
    keeping = village.program(amara).delete(f"/api/v1/networks/{place.slug}/deletion")
    kept, _ = await asyncio.gather(keeping, delete_network(village.state, place.id))
    status = (await village.browser(amara).get(f"/threads/{thread}")).status_code
    assert (kept.status_code, status) in ((200, 200), (404, 404), (403, 404))


def test_every_table_is_emptied_or_named_here() -> None:
    cleared = {table.name for table, _, _ in deleting_commands._remains("00000000-0000-7000-8000-000000000000")}
    kept = {table.name for table in KEPT} | UNTOUCHED | {"audit_words"}
    assert {table.name for table in metadata.sorted_tables} - cleared - kept == set()
