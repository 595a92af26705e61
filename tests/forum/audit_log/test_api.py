"""The log, who could see what, and all networks, by the API."""

from datetime import datetime

from forum.audit import canonical, seal_of
from ground.columns import moment_text, now
from tests.forum.threads.village import Village, Villager


async def test_the_log_is_read_in_parts_and_its_seals_hold(village: Village, overseer: Villager) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara, [ben])
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}/log"
    rows, after = [], ""
    while after is not None:
        part = (await program.get(path, params={"limit": 2} | ({"after": after} if after else {}))).json()
        rows += part["items"]
        after = part["next"]
    assert [row["act"] for row in rows] == ["network.created", "member.joined", "member.joined"]
    assert rows[0]["sentence"] == "Amara Okafor (administrator) created the network."
    seal = ""
    for row in rows:
        texts = {name: canonical(row[name]) if row[name] is not None else None for name in ("before", "after", "words")}
        ids = {f"{name}_id": row[name]["id"] if row[name] else None for name in ("actor", "subject")}
        seal = seal_of({**row, **texts, **ids, "at": datetime.fromisoformat(row["at"])}, seal)
        assert seal == row["seal"]
    assert part["seal"] == seal
    for person, status in ((ben, 403), (overseer, 404)):
        assert (await village.program(person).get(path)).status_code == status
    assert (await village.program().get(path)).status_code == 401
    for query in ("after=x", "limit=0", "limit=101", "who=Ben", "after=9999999999999999"):
        assert (await program.get(f"{path}?{query}")).status_code == 422, query


async def test_who_could_see_a_thread(village: Village, overseer: Villager) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara, [ben])
    before = moment_text(now())
    thread = await village.thread(ben, place)
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}/audience"
    told = (await program.get(path, params={"thread": thread, "at": moment_text(now())})).json()
    assert [(each["account"]["name"], each["role"]) for each in told["items"]] == [
        ("Amara Okafor", "administrator"),
        ("Ben Ito", "member"),
    ]
    assert (told["everybody"], told["access"]) == (False, "closed")
    told = (await program.get(path, params={"thread": "1", "at": before})).json()
    assert told == {
        "items": [],
        "everybody": False,
        "access": None,
        "elsewhere": False,
        "partly_elsewhere": False,
        "everybody_elsewhere": False,
        "suspended": 0,
    }
    today = (await program.get(path, params={"thread": "1", "day": f"{now():%Y-%m-%d}"})).json()
    assert len(today["items"]) == 2
    for wrong in (
        {"day": "2999-01-01", "at": ""},
        {"day": f"{now():%Y-%m-%d}"},
        {"at": "2999-01-01T00:00:00Z"},
        {"at": "5"},
        {"at": "0001-01-01T00:00:00Z"},
        {"at": "2026-01-01T00:00"},
    ):
        answer = await program.get(path, params={"thread": "1", "at": before} | wrong)
        assert answer.status_code == 422, wrong
    assert (await program.get(path, params={"thread": "7", "at": before})).status_code == 404
    asked = {"thread": thread, "at": before}
    assert (await village.program(ben).get(path, params=asked)).status_code == 403
    assert (await village.program(overseer).get(path, params=asked)).status_code == 404


async def test_all_networks_without_what_they_hold(village: Village, overseer: Villager) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara, access="secret", name="Zz secret place")
    program = village.program(overseer)
    items, after = [], ""
    while after is not None:
        answer = await program.get("/api/v1/site/networks", params={"limit": 100} | ({"after": after} if after else {}))
        items += answer.json()["items"]
        after = answer.json()["next"]
    (mine,) = [each for each in items if each["id"] == place.id]
    assert {name: mine[name] for name in ("access", "size", "administrators")} == {
        "access": "secret",
        "size": "1–10",
        "administrators": 1,
    }
    assert set(mine) == {"id", "slug", "name", "access", "size", "administrators", "created_at"}
    assert (await village.program(amara).get("/api/v1/site/networks")).status_code == 403
    assert (await program.get("/api/v1/site/log")).status_code == 200
