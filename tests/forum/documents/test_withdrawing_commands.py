"""What is withdrawn is closed to all but those who may bring it back, and is deleted for good after thirty days."""

from datetime import timedelta

from sqlalchemy import select, update

from forum.documents.withdrawing_commands import purge_withdrawn
from forum.tables import document_versions, documents, networks
from ground.columns import now
from tests.forum.documents.shelf import read, replace, share
from tests.forum.threads.village import Village


async def test_it_is_closed_and_comes_back_as_it_was(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place)
    path = f"/documents/{document['id']}"
    assert (await village.program(priya).delete(f"/api/v1{path}")).status_code == 403
    assert (await village.program(amara).delete(f"/api/v1{path}")).status_code == 422
    form = await village.browser(gareth).get(f"{path}/withdrawal")
    assert "Withdraw" in form.text
    assert (
        await village.browser(gareth).post(f"{path}/withdrawal", data={"reason": "Wrong <dose>"})
    ).status_code == 303
    page = (await village.browser(priya).get(path)).text
    assert "This document was withdrawn" in page
    assert "Wrong &lt;dose&gt;" in page
    assert "Download" not in page
    for where in (f"{path}/versions/1/content", f"{path}/versions", f"{path}/versions/1"):
        assert (await read(village, priya, where)).status_code == 404, where
        assert (await read(village, gareth, where)).status_code == 200, where
    assert (await village.browser(priya).get(f"{path}/file")).status_code == 404
    assert (await replace(village, priya, document, 1)).status_code == 403
    listed = f"/networks/{place.slug}/documents"
    assert (await read(village, priya, listed)).json()["items"] == []
    assert len((await read(village, priya, f"{listed}?withdrawn=true")).json()["items"]) == 1
    assert (await village.browser(priya).post(f"{path}/restoration")).status_code == 403
    assert (await village.browser(gareth).post(f"{path}/restoration")).status_code == 303
    shown = (await read(village, priya, path)).json()
    assert (shown["state"], shown["current"]["number"]) == ("current", 1)


async def test_what_a_moderator_withdrew_a_moderator_restores(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share(village, gareth, place)
    path = f"/api/v1/documents/{document['id']}"
    answer = await village.program(amara).request("DELETE", path, json={"reason": "A patient is named"})
    assert answer.status_code == 204
    assert (await village.program(gareth).post(f"{path}/restoration")).status_code == 403
    assert (await village.program(amara).post(f"{path}/restoration")).status_code == 200


async def test_after_thirty_days_nothing_is_left_but_the_log(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document, other = await share(village, gareth, place, "Gone"), await share(village, gareth, place, "Stays")
    await replace(village, gareth, document, 1)
    for each in (document, other):
        await village.program(gareth).delete(f"/api/v1/documents/{each['id']}")
    async with village.state.transaction() as tx:
        old = {"withdrawn_at": now() - timedelta(days=30, minutes=1)}
        await tx.execute(update(documents).where(documents.c.id == document["id"]).values(**old))
    await purge_withdrawn(village.state)
    for path in ("", "/versions/1/content"):
        assert (await read(village, gareth, f"/documents/{document['id']}{path}")).status_code == 404
    assert (await read(village, gareth, f"/documents/{other['id']}")).status_code == 200
    async with village.state.database.read() as connection:
        left = select(document_versions.c.number).where(document_versions.c.document_id == document["id"])
        assert (await connection.execute(left)).all() == []
        used = await connection.scalar(select(networks.c.stored_bytes).where(networks.c.id == place.id))
    assert used == other["current"]["size"]
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log?kind=documents")).text
    assert "was deleted for good" in log
