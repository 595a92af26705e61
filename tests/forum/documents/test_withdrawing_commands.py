"""What is withdrawn is closed to all but those who may bring it back, and is deleted for good after thirty days."""

import asyncio
import hashlib
import time
from datetime import timedelta

from sqlalchemy import select, update

from auth.accounts import set_site_administrator
from forum.acts import documents as acts
from forum.documents.withdrawing_commands import purge_withdrawn
from forum.tables import document_versions, documents, networks
from ground.columns import now
from tests.forum.documents.shelf import read, replace, share, some_bytes
from tests.forum.knowledge.deck import make
from tests.forum.threads.village import Village, Villager


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


async def test_what_names_somebody_is_erased_and_a_line_stays(village: Village) -> None:
    amara, gareth, priya, olu = await village.people("Amara", "Gareth", "Priya", "Olu")
    place, elsewhere = await village.network(amara, [gareth, priya]), await village.network(olu)
    shared, own = some_bytes(), some_bytes()
    document = await share(village, gareth, place, "Mrs Quillfeather", shared)
    assert (await replace(village, gareth, document, 1, own)).status_code == 201
    same = await share(village, olu, elsewhere, "Another", shared)
    path, site = f"/documents/{document['id']}", await _site_administrator(village)
    for person in (amara, gareth):
        refused = await village.program(person).post(f"/api/v1{path}/erasure", json={"reason": "It names a patient"})
        assert refused.status_code == 403
    page = await village.browser(site).post(
        "/site/erasing", data={"post": f"{village.url}{path}", "reason": "It names a patient", "sure": "yes"}
    )
    assert page.status_code == 303, page.text
    for person in (amara, gareth, priya):
        gone = await village.browser(person).get(path)
        assert (gone.status_code, "It names a patient" in gone.text) == (410, True)
        assert "Quillfeather" not in gone.text
        assert (await village.browser(person).get(f"{path}/file")).status_code == 404
        assert (await read(village, person, path)).status_code == 404
    for person in (olu, None):
        assert (await village.browser(person).get(path)).status_code == 404
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert "erased a document of Gareth for good" in log
    assert "Quillfeather" not in log
    assert "A document in" in (await village.browser(gareth).get("/notifications")).text
    again = await village.program(site).post(f"/api/v1{path}/erasure", json={"reason": "Again"})
    assert again.status_code == 404

    # Its bytes are gone at once where nobody else has them, and stay where somebody has.
    await _until_gone(village, hashlib.sha256(own).hexdigest())
    assert await village.state.files.find(hashlib.sha256(shared).hexdigest()) is not None
    assert (await read(village, olu, f"/documents/{same['id']}/versions/1/content")).content == shared


async def _until_gone(village: Village, sha256: str) -> None:
    until = time.monotonic() + 30
    while await village.state.files.find(sha256) is not None:
        assert time.monotonic() < until
        await asyncio.sleep(0.1)


async def test_after_thirty_days_data_about_somebody_is_erased(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    document = await share(village, gareth, place, "Mrs Quillfeather")
    viewer = await village.viewer(amara)
    async with village.state.transaction() as tx:
        held = await acts.hold_document(tx, viewer, document["id"])
        await acts.withdraw(tx, held, amara.id, "It names a patient.", "patient_data")
    await purge_withdrawn(village.state)
    assert (await read(village, amara, f"/documents/{document['id']}")).status_code == 200
    async with village.state.transaction() as tx:
        old = {"withdrawn_at": now() - timedelta(days=31)}
        await tx.execute(update(documents).where(documents.c.id == document["id"]).values(**old))
    await purge_withdrawn(village.state)
    # It had been the moderators' alone, and so is the line; whom it concerned reads it as well.
    for person, status in ((amara, 410), (gareth, 410), (priya, 404)):
        assert (await village.browser(person).get(f"/documents/{document['id']}")).status_code == status


async def _site_administrator(village: Village) -> Villager:
    person = await village.person("Sunniva")
    async with village.state.transaction() as tx:
        await set_site_administrator(tx.connection, person.id, True)
    return person


async def test_reasons_end_in_one_full_stop(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    for reason, shown in (("Old", "“Old”. "), ("Old.", "“Old.” "), ("Why?", "“Why?” ")):
        document = await share(village, amara, place)
        path = f"/documents/{document['id']}"
        assert (await village.browser(amara).post(f"{path}/withdrawal", data={"reason": reason})).status_code == 303
        assert f"The reason given: {shown}" in (await village.browser(amara).get(path)).text
        card = await make(village, amara, place)
        removal = f"/cards/{card['id']}/removal"
        assert (await village.browser(amara).post(removal, data={"reason": reason})).status_code == 303
        assert f"The reason given: {shown}" in (await village.browser(amara).get(f"/cards/{card['id']}")).text
