"""Somebody works on it: nobody else shares a version, it ends, it can be broken, and who waits is told."""

import asyncio
from datetime import timedelta

from sqlalchemy import update

from forum.documents.lock_commands import LOCK_OVER, end_old_locks
from forum.tables import document_locks
from ground.columns import now
from realtime.tables import outbox as outbox_tasks
from tests.forum.documents.shelf import read, replace, share
from tests.forum.threads.village import Village, Villager


async def lines(village: Village, person: Villager) -> list[str]:
    """What stands on the person's list."""
    answer = await village.program(person).get("/api/v1/me/notifications")
    return [each["text"] for each in answer.json()["items"]]


async def test_nobody_else_shares_a_version_meanwhile(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, amara, place)
    path = f"/api/v1/documents/{document['id']}"
    taken = await village.program(gareth).put(f"{path}/lock", json={"purpose": "New doses"})
    assert taken.json()["lock"]["purpose"] == "New doses"
    assert (await village.program(priya).put(f"{path}/lock", json={})).status_code == 403
    assert (await village.program(maeve).put(f"{path}/lock", json={})).status_code == 404
    assert (await replace(village, priya, document, 1)).status_code == 403
    assert (await replace(village, gareth, document, 1)).status_code == 201
    page = (await village.browser(priya).get(f"/documents/{document['id']}")).text
    assert "Gareth is working on this: New doses (begun <time" in page
    assert "Tell me when it’s free" in page
    assert (await village.program(priya).put(f"{path}/wish")).status_code == 204
    assert (await village.program(gareth).put(f"{path}/wish")).status_code == 403
    assert (await village.program(priya).delete(f"{path}/lock")).status_code == 403
    assert (await village.program(gareth).delete(f"{path}/lock")).status_code == 204
    assert any("“Pathway” in " in line and line.endswith("is free") for line in await lines(village, priya))
    assert not any("is free" in line for line in await lines(village, gareth))
    assert (await replace(village, priya, document, 2)).status_code == 201


async def test_an_administrator_breaks_it_with_a_reason_and_the_holder_is_told(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth])
    await village.join(place.id, priya, "moderator")
    document = await share(village, priya, place)
    path = f"/api/v1/documents/{document['id']}/lock"
    await village.program(gareth).put(path, json={})
    assert (await village.program(priya).post(f"{path}/breaking", json={"reason": "Now"})).status_code == 403
    assert (await village.program(amara).post(f"{path}/breaking", json={"reason": ""})).status_code == 422
    browser, page = village.browser(amara), f"/documents/{document['id']}/lock/breaking"
    assert "Gareth has been working on it (begun <time" in (await browser.get(page)).text
    assert (await browser.post(page, data={"reason": ""})).status_code == 422
    assert (await browser.post(page, data={"reason": "It is needed <now>"})).status_code == 303
    assert f"Amara ended your work on “Pathway” in {place.name}" in await lines(village, gareth)
    listed = (await village.browser(gareth).get("/notifications")).text
    assert "It is needed &lt;now&gt;" in listed  # as the form promises
    # Out of their sight, neither its name nor why is told any more; the document as such is.
    folder = await village.program(priya).post(
        f"/api/v1/networks/{place.slug}/folders", json={"name": "Closed", "narrowed": True}
    )
    moved = await village.program(priya).patch(
        f"/api/v1/documents/{document['id']}", json={"folder": folder.json()["id"]}
    )
    assert moved.status_code == 200, moved.text
    assert f"Amara ended your work on a document in {place.name}" in await lines(village, gareth)
    listed = (await village.browser(gareth).get("/notifications")).text
    assert ("It is needed" in listed, "Pathway" in listed) == (False, False)
    moved = await village.program(priya).patch(f"/api/v1/documents/{document['id']}", json={"folder": None})
    assert moved.status_code == 200, moved.text
    assert "It is needed &lt;now&gt;" in (await browser.get(f"/networks/{place.slug}/log")).text
    assert (await read(village, gareth, f"/documents/{document['id']}")).json()["lock"] is None


async def test_withdrawing_and_restoring_ends_nobodys_work(village: Village) -> None:
    """Otherwise whoever looks after it would do without a reason and unseen what an administrator does with one."""
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place)
    path = f"/api/v1/documents/{document['id']}"
    await village.program(priya).put(f"{path}/lock", json={"purpose": "New doses"})
    await village.program(amara).put(f"{path}/wish")
    for method, act in (("DELETE", ""), ("POST", "/restoration")):
        body = {"json": {"reason": ""}} if method == "DELETE" else {}
        assert (await village.program(gareth).request(method, path + act, **body)).is_success
        assert "is free" not in str(await lines(village, amara))
    assert (await read(village, gareth, f"/documents/{document['id']}")).json()["lock"]["purpose"] == "New doses"
    assert (await replace(village, gareth, document, 1)).status_code == 403
    assert (await replace(village, priya, document, 1)).status_code == 201
    await village.program(priya).delete(f"{path}/lock")
    assert any(line.endswith("is free") for line in await lines(village, amara))


async def test_what_becomes_free_while_it_is_withdrawn_is_told_once_it_is_back(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place)
    path = f"/api/v1/documents/{document['id']}"
    await village.program(amara).put(f"{path}/lock", json={})
    await village.program(gareth).put(f"{path}/wish")
    await village.program(amara).request("DELETE", path, json={"reason": "Not yet."})
    this = update(document_locks).where(document_locks.c.document_id == document["id"])
    async with village.state.transaction() as tx:
        await tx.execute(this.values(ends_at=now() - timedelta(seconds=1)))
    await end_old_locks(village.state)
    assert not any("is free" in line for line in await lines(village, gareth))
    await village.program(amara).post(f"{path}/restoration")
    assert any(line.endswith("is free") for line in await lines(village, gareth))


async def test_it_ends_by_itself_and_who_waits_is_told(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, amara, place)
    path = f"/api/v1/documents/{document['id']}"
    await village.program(gareth).put(f"{path}/lock", json={})
    await village.program(amara).put(f"{path}/wish")
    async with village.state.transaction() as tx:
        over = {"ends_at": now() - timedelta(seconds=1)}
        await tx.execute(update(document_locks).where(document_locks.c.document_id == document["id"]).values(**over))
    assert (await village.program(amara).get(path)).json()["lock"] is None
    assert (await replace(village, amara, document, 1)).status_code == 201
    await end_old_locks(village.state)
    assert any("is free" in line for line in await lines(village, amara))


async def test_the_end_is_told_by_itself_within_a_minute(village: Village) -> None:
    """At the moment when it ends a task is due; renewed meanwhile, it does nothing."""
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document, other = await share(village, amara, place), await share(village, amara, place)
    for each in (document, other):
        path = f"/api/v1/documents/{each['id']}"
        await village.program(gareth).put(f"{path}/lock", json={})
        await village.program(amara).put(f"{path}/wish")
    due = update(outbox_tasks).where(outbox_tasks.c.kind == LOCK_OVER)
    about = document_locks.c.document_id == document["id"]
    async with village.state.transaction() as tx:
        await tx.execute(update(document_locks).where(about).values(ends_at=now() - timedelta(seconds=1)))
        await tx.execute(due.values(available_at=now()))
    async with asyncio.timeout(20):
        while not any("is free" in line for line in await lines(village, amara)):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    assert len(await lines(village, amara)) == 1
    assert (await read(village, amara, f"/documents/{other['id']}")).json()["lock"] is not None


async def test_who_leaves_works_on_nothing_and_looks_after_nothing(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place)
    path = f"/documents/{document['id']}"
    await village.program(gareth).put(f"/api/v1{path}/lock", json={})
    await village.program(amara).put(f"/api/v1{path}/wish")
    leaving = (await village.browser(gareth).get(f"/networks/{place.slug}/departure")).text
    assert "document that they look after" in leaving or "look after" in leaving
    assert (await village.program(gareth).delete(f"/api/v1/networks/{place.slug}/members/me")).status_code == 204
    shown = (await read(village, amara, path)).json()
    assert (shown["owner"], shown["lock"]) == (None, None)
    assert any("is free" in line for line in await lines(village, amara))
    taken = await village.program(amara).patch(f"/api/v1{path}", json={"owner": amara.id})
    assert taken.json()["owner"]["id"] == amara.id
