"""The log in plain words for those who may read it, filtered, and as files that can be verified elsewhere."""

import csv
import hashlib
import io
import json
import re

from sqlalchemy import select

from auth.accounts import find_account_by_email
from forum.accounts.closing_commands import close_own_account
from forum.audit import Deed, find_broken, record
from forum.tables import audit_chains, audit_rows, audit_words
from tests.forum.threads.village import Place, Village, Villager

SEALED = [
    "id",
    "chain",
    "number",
    "at",
    "actor_id",
    "role",
    "act",
    "object_kind",
    "object_id",
    "subject_id",
    "before",
    "after",
    "words",
]


async def lively(village: Village) -> tuple[Villager, Villager, Place]:
    """A network in which this and that was done."""
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara)
    program, theirs = village.program(amara), village.program(gareth)
    await theirs.put(f"/api/v1/networks/{place.slug}/members/me", json={"words": "May I?"})
    member = f"/api/v1/networks/{place.slug}/members/{gareth.id}"
    assert (await program.patch(member, json={"status": "active"})).status_code == 200
    assert (await program.patch(member, json={"role": "moderator", "reason": "=SUM(A1) She knows."})).status_code == 200
    change = {"access": "unlisted", "confirm": place.name}
    answer = await program.patch(f"/api/v1/networks/{place.slug}", json=change)
    return amara, gareth, Place(place.id, answer.json()["slug"], place.name)


def said(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_administrators_read_plain_sentences_and_nobody_else_does(village: Village, overseer: Villager) -> None:
    amara, gareth, place = await lively(village)
    page = said((await village.browser(amara).get(f"/networks/{place.slug}/log")).text)
    for words in (
        "Amara Okafor (administrator) created the network.",
        "Gareth Williams asked to join.",
        "Amara Okafor (administrator) admitted Gareth Williams.",
        "Amara Okafor (administrator) changed the role of Gareth Williams.",
        "=SUM(A1) She knows.",
        "Amara Okafor (administrator) changed who can see the network.",
    ):
        assert words in page, words
    assert re.search(r"Who can see it closed → unlisted", page)
    for person, status in ((gareth, 403), (overseer, 404), (None, 303)):
        assert (await village.browser(person).get(f"/networks/{place.slug}/log")).status_code == status
        export = await village.browser(person).post(f"/networks/{place.slug}/log/export", data={"form": "csv"})
        assert export.status_code == {303: 401}.get(status, status)


async def test_it_is_filtered_and_paged(village: Village) -> None:
    amara, _gareth, place = await lively(village)
    browser, path = village.browser(amara), f"/networks/{place.slug}/log"

    async def sentences(query: str, status: int = 200) -> list[str]:
        answer = await browser.get(f"{path}?{query}")
        assert answer.status_code == status, query
        return re.findall(r'class="log-what">([^<]*)<', answer.text)

    assert len(await sentences("")) == 6
    assert len(await sentences("who=gareth")) == 1
    assert len(await sentences("whom=WILLIAMS&kind=people")) == 3
    assert len(await sentences("kind=access")) == 1
    assert await sentences("whom=%25") == []
    assert await sentences("until=2000-01-01") == []
    assert len(await sentences("since=2000-01-01&until=9998-12-31")) == 6
    assert len(await sentences("before=3")) == 2
    for wrong in (
        "since=yesterday",
        "kind=all",
        "before=x",
        "before=-1",
        "before=0",
        f"who={'x' * 201}",
        "until=0001-01-01",
    ):
        assert len(await sentences(wrong, 422)) == 6
    async with village.state.transaction() as tx:
        for number in range(60):
            deed = Deed("network.changed", "network", place.id, place.id, amara.id, after={"number": number})
            await record(tx, deed)
    assert len(await sentences("")) == 50
    assert len(await sentences("before=17")) == 16


async def test_the_file_in_json_can_be_verified_elsewhere_and_the_export_is_its_last_row(village: Village) -> None:
    amara, _gareth, place = await lively(village)
    answer = await village.browser(amara).post(f"/networks/{place.slug}/log/export", data={"form": "json"})
    assert answer.headers["content-disposition"].endswith('.json"')
    assert answer.headers["cache-control"] == "private, no-store"
    whole = json.loads(answer.content)
    seal = ""
    for row in whole["rows"]:
        line = json.dumps(
            {name: row[name] for name in SEALED}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        seal = hashlib.sha256(f"{seal}\n{line}".encode()).hexdigest()
        assert seal == row["seal"]
        hashes = json.loads(row["words"])
        for name, word in row["said"].items():
            pair = json.dumps([word["salt"], word["word"]], separators=(",", ":"), ensure_ascii=False)
            assert hashlib.sha256(pair.encode()).hexdigest() == hashes[name]
    assert seal == whole["seal"]
    assert whole["rows"][-1]["act"] == "log.exported"
    assert len(whole["rows"]) == whole["rows_count"] == 7
    page = (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    assert seal in page


async def test_the_spreadsheet_runs_nothing(village: Village) -> None:
    amara, _gareth, place = await lively(village)
    fields = {"form": "csv", "whom": "Gareth"}
    answer = await village.browser(amara).post(f"/networks/{place.slug}/log/export", data=fields)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[4] for row in rows[1:]] == ["member.role_changed", "member.admitted", "member.asked"]
    assert rows[1][9] == "'=SUM(A1) She knows."
    assert (
        await village.browser(amara).post(f"/networks/{place.slug}/log/export", data={"form": "exe"})
    ).status_code == 422


async def test_who_closed_their_account_is_a_former_member(village: Village) -> None:
    amara, gareth, place = await lively(village)
    gone = await village.viewer(gareth)
    async with village.state.transaction() as tx:
        await close_own_account(tx, gone, name_stays=False)
    page = said((await village.browser(amara).get(f"/networks/{place.slug}/log")).text)
    assert "Gareth" not in page
    assert "Amara Okafor (administrator) admitted a former member." in page
    async with village.state.database.read() as connection:
        assert [trouble async for trouble in find_broken(connection)] == []
        here = audit_words.c.row_id.in_(select(audit_rows.c.id).where(audit_rows.c.chain == place.id))
        assert "Gareth Williams" not in set(await connection.scalars(select(audit_words.c.word).where(here)))
        assert await connection.scalar(select(audit_chains.c.head).where(audit_chains.c.name == place.id)) == 7


async def test_the_sites_log_is_for_who_looks_after_it(village: Village, overseer: Villager) -> None:
    browser = village.browser(overseer)
    edited = await browser.post("/about/contact", data={"body": "Write to us."})
    assert edited.status_code == 303
    assert "Olwen Pugh (site administrator) edited a page of the site." in said((await browser.get("/site/log")).text)
    assert (await browser.post("/site/log/export", data={"form": "json"})).status_code == 200
    amara = await village.person("Amara Okafor")
    assert (await village.browser(amara).get("/site/log")).status_code == 403


async def test_an_account_made_on_the_command_line_is_told(village: Village, overseer: Villager) -> None:
    async with village.state.database.read() as connection:
        made = await find_account_by_email(connection, "site.administrator@example.org")
    page = said((await village.browser(overseer).get("/site/log?whom=Site+Administrator")).text)
    assert made is not None
    assert "An account for Site Administrator was made on the command line." in page


async def test_moments_among_the_settings_read_as_all_others_do(village: Village) -> None:
    amara, _gareth, place = await lively(village)
    was, is_now = {"until": None}, {"until": "2026-11-28T21:12:08.538082Z"}
    async with village.state.transaction() as tx:
        await record(tx, Deed("glass.broken", "network", place.id, place.id, amara.id, before=was, after=is_now))
        await record(tx, Deed("glass.broken", "network", place.id, place.id, amara.id, before=is_now, after=was))
    page = said((await village.browser(amara).get(f"/networks/{place.slug}/log")).text)
    assert "Until 28 Nov 2026, 21:12 GMT" in page
    assert "Until 28 Nov 2026, 21:12 GMT → none" in page
    assert "538082" not in page


async def test_where_a_thread_went_is_named_to_who_may_know_the_network(village: Village) -> None:
    amara, priya = await village.people("Amara Okafor", "Priya Shah")
    here, there = await village.network(amara), await village.network(amara, access="secret")
    await village.join(here.id, priya, "administrator")
    thread = await village.thread(amara, here)
    body = {"network": there.slug, "reason": "It is theirs."}
    assert (await village.program(amara).post(f"/api/v1/threads/{thread}/move", json=body)).status_code == 200
    pages = {who: said((await village.browser(who).get(f"/networks/{here.slug}/log")).text) for who in (amara, priya)}
    assert f"Moved to {there.name}" in pages[amara]
    assert "Moved to a network you can’t see" in pages[priya]
    assert there.name not in pages[priya]
    assert f"Moved from {here.name}" in said((await village.browser(amara).get(f"/networks/{there.slug}/log")).text)
    answer = await village.browser(priya).post(f"/networks/{here.slug}/log/export", data={"form": "csv"})
    (row,) = [
        each for each in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))) if each["Act"] == "thread.move"
    ]
    assert (row["Moved to or from"], row["About"], row["Id"]) == ("a network you can’t see", "thread", thread)
    assert there.name not in answer.text
