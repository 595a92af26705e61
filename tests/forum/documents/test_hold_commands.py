"""What was withdrawn is not deleted while an administrator holds it back, or while an appeal against it waits."""

from datetime import timedelta

from sqlalchemy import update

from forum.documents.withdrawing_commands import purge_withdrawn
from forum.tables import documents
from ground.columns import now
from tests.forum.documents.shelf import Object, read, share
from tests.forum.threads.village import Village


async def grown_old(village: Village, *shared: Object) -> None:
    """Withdrawn longer ago than it is kept, and the worker came by."""
    async with village.state.transaction() as tx:
        old = {"withdrawn_at": now() - timedelta(days=31)}
        await tx.execute(update(documents).where(documents.c.id.in_([each["id"] for each in shared])).values(**old))
    await purge_withdrawn(village.state)


async def test_it_stays_until_it_is_let_go(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place, "Minutes")
    path = f"/documents/{document['id']}"
    assert (await village.program(amara).put(f"/api/v1{path}/hold", json={"reason": "Early"})).status_code == 403
    assert (await village.program(gareth).delete(f"/api/v1{path}")).status_code == 204
    assert (await village.program(gareth).put(f"/api/v1{path}/hold", json={"reason": "Mine"})).status_code == 403
    assert (await village.program(una).put(f"/api/v1{path}/hold", json={"reason": "Mine"})).status_code == 404
    assert (await village.program(amara).put(f"/api/v1{path}/hold", json={"reason": ""})).status_code == 422
    assert "Hold it back from being deleted" in (await village.browser(amara).get(path)).text
    held = await village.browser(amara).post(f"{path}/hold", data={"reason": "An inquiry <now>"})
    assert held.status_code == 303
    page = (await village.browser(amara).get(path)).text
    assert "An inquiry &lt;now&gt;" in page
    assert "An inquiry" not in (await village.browser(gareth).get(path)).text
    await grown_old(village, document)
    assert (await read(village, gareth, path)).json()["held"] is True
    assert (await village.program(amara).delete(f"/api/v1{path}/hold")).status_code == 204
    await grown_old(village, document)
    assert (await read(village, gareth, path)).status_code == 404
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert "held a withdrawn document back" in log
    assert "no longer holds a withdrawn document back" in log


async def test_it_stays_while_an_appeal_waits(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document, other = await share(village, gareth, place, "Doses"), await share(village, gareth, place, "Other")
    for each in (document, other):
        path = f"/api/v1/documents/{each['id']}"
        assert (await village.program(amara).request("DELETE", path, json={"reason": "Old"})).status_code == 204
    lines = (await village.program(gareth).get("/api/v1/me/notifications")).json()["items"]
    acts = [line["url"].rpartition("/")[2] for line in lines if line["kind"] == "act.concerns_me"]
    found = [(await village.program(gareth).get(f"/api/v1/acts/{act}")).json() for act in acts]
    act = next(each for each in found if each["document_id"] == document["id"])
    appealed = await village.program(gareth).post(f"/api/v1/acts/{act['id']}/appeal", json={"words": "It is new"})
    assert appealed.status_code == 200, appealed.text
    await grown_old(village, document, other)
    assert (await read(village, gareth, f"/documents/{document['id']}")).json()["state"] == "withdrawn"
    assert (await read(village, gareth, f"/documents/{other['id']}")).status_code == 404
