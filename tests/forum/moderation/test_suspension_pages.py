"""An account is suspended by an administrator of the site: sessions and sockets end at once, and come back undone."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy import delete, insert, select, update

from auth.tables import accounts
from forum.tables import audit_rows, site_pages
from ground.columns import now
from tests.forum.threads.village import Village, Villager, open_village
from tests.realtime.reader import Reader
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    """The way into each shape's running server."""
    opened = open_village(server)
    yield opened
    await opened.close()


async def overseer(village: Village) -> Villager:
    person = await village.person("Olga Overseer")
    async with village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.id == person.id).values(site_administrator=True))
    return person


async def test_suspended_and_let_in_again(village: Village) -> None:
    olga, ben = await overseer(village), await village.person("Ben Suspended")
    place = await village.network(ben)
    browser, path = village.browser(olga), f"/site/accounts/{ben.id}"
    found = (await browser.get("/site/accounts", params={"q": "ben susp"})).text
    assert "Ben Suspended" in found
    await forget_contact(village)
    page = (await browser.get(path)).text
    assert "Nobody has written down how to reach you" in page
    assert f"Nobody else administers {place.name}" in page
    reader = await Reader.open(f"{village.url.replace('http', 'ws')}/live", token=ben.token, origin=None, resume={})
    wrong = await browser.post(f"{path}/suspension", data={"reason": ""})
    assert wrong.status_code == 422
    assert (await village.program(ben).get("/api/v1/me")).status_code == 200
    assert (await browser.post(f"{path}/suspension", data={"reason": "Sold the list."})).status_code == 303
    assert await reader.closed() == 4403
    assert (await village.program(ben).get("/api/v1/me")).status_code == 401
    assert (await village.browser(ben).get("/settings/profile")).status_code == 303
    page = (await browser.get(path)).text
    for words in ("This account was suspended", "Suspended by Olga Overseer", "Sold the list."):
        assert words in page, words
    assert (await browser.post(f"{path}/suspension/end")).status_code == 303
    page = (await browser.get(path)).text
    assert page.index("Let in again by Olga Overseer") < page.index("Suspended by Olga Overseer")
    assert (await village.program(ben).get("/api/v1/me")).status_code == 200
    async with village.state.database.read() as connection:
        rows = await connection.execute(
            select(audit_rows.c.act, audit_rows.c.chain, audit_rows.c.actor_id)
            .where(audit_rows.c.object_id == ben.id)
            .order_by(audit_rows.c.number)
        )
    assert list(map(tuple, rows)) == [("account.suspended", "site", olga.id), ("account.reinstated", "site", olga.id)]


async def test_nobody_else_and_not_oneself(village: Village) -> None:
    olga, ben, cleo = await overseer(village), await village.person(), await village.person()
    for person, whom in ((ben, cleo), (cleo, cleo), (olga, olga)):
        answer = await village.browser(person).post(f"/site/accounts/{whom.id}/suspension", data={"reason": "No."})
        assert answer.status_code == 403
    missing = "01890000-0000-7000-8000-000000000000"
    answer = await village.browser(olga).post(f"/site/accounts/{missing}/suspension", data={"reason": "No."})
    assert answer.status_code == 404


async def test_the_same_by_the_api(village: Village) -> None:
    olga, ben = await overseer(village), await village.person("Benedikt Viaapi")
    program, path = village.program(olga), f"/api/v1/site/accounts/{ben.id}"
    (found,) = (await program.get("/api/v1/site/accounts", params={"q": "benedikt  viaapi"})).json()["items"]
    assert (found["id"], found["suspended_at"]) == (ben.id, None)
    assert (await program.put(f"{path}/suspension", json={"reason": " "})).status_code == 422
    for _ in range(2):
        assert (await program.put(f"{path}/suspension", json={"reason": "Sold the list."})).status_code == 204
    assert (await village.program(ben).get("/api/v1/me")).status_code == 401
    assert (await program.get(path)).json()["suspended_at"] is not None
    listed = (await program.get("/api/v1/site/accounts", params={"limit": 1})).json()
    assert [each["id"] for each in listed["items"]] == [ben.id]
    for _ in range(2):
        assert (await program.delete(f"{path}/suspension")).status_code == 204
    assert (await village.program(ben).get("/api/v1/me")).status_code == 200
    async with village.state.database.read() as connection:
        of_ben = select(audit_rows.c.act).where(audit_rows.c.object_id == ben.id)
        rows = await connection.scalars(of_ben.order_by(audit_rows.c.number))
    assert list(rows) == ["account.suspended", "account.reinstated"]


async def test_the_api_is_for_the_sites_administrators_and_about_others(village: Village) -> None:
    olga, ben, cleo = await overseer(village), await village.person(), await village.person()
    one = f"/api/v1/site/accounts/{cleo.id}"
    for method, path in (("GET", "/api/v1/site/accounts"), ("GET", one), ("DELETE", f"{one}/suspension")):
        assert (await village.program(ben).request(method, path)).status_code == 403
        assert (await village.program().request(method, path)).status_code == 401
    mine = f"/api/v1/site/accounts/{olga.id}/suspension"
    assert (await village.program(olga).put(mine, json={"reason": "Tired."})).status_code == 403
    missing = "/api/v1/site/accounts/01890000-0000-7000-8000-000000000000"
    assert (await village.program(olga).get(missing)).status_code == 404
    assert (await village.program(olga).put(f"{missing}/suspension", json={"reason": "No."})).status_code == 404


async def forget_contact(village: Village) -> None:
    """Other tests write it for the same site."""
    async with village.state.transaction() as tx:
        await tx.execute(delete(site_pages).where(site_pages.c.slug == "contact"))


async def test_the_page_says_nothing_more_once_it_is_written_how_to_reach_the_site(village: Village) -> None:
    olga, ben = await overseer(village), await village.person("Ben Suspended")
    row = {"slug": "contact", "body": "Ring us.", "html": "<p>Ring us.</p>", "updated_at": now(), "updated_by": olga.id}
    await forget_contact(village)
    async with village.state.transaction() as tx:
        await tx.execute(insert(site_pages), row)
    try:
        page = (await village.browser(olga).get(f"/site/accounts/{ben.id}")).text
    finally:
        await forget_contact(village)
    assert "Suspend this account" in page
    assert "Nobody has written down" not in page
