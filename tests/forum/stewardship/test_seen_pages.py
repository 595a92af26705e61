"""What others see is what they get: the same bytes, and nothing written for it."""

import asyncio
import re
import secrets
from html import unescape

from sqlalchemy import func, select, update

from auth.tables import accounts, sessions
from forum.audit_heads import KEPT
from forum.membership import Step, begin
from forum.stewardship.rehearsal_commands import rehearse
from forum.tables import audit_rows, memberships, metadata, posts
from tests.forum.documents.shelf import share
from tests.forum.notifications.telling import told_of_thread
from tests.forum.threads.village import Place, Village, Villager

STANDINGS = ("signed_out", "outsider", "invited", "removed", "member")


async def seen(village: Village, who: Villager, place: Place, by: str) -> dict[str, dict[str, object]]:
    answer = await village.program(who).get(f"/api/v1/networks/{place.slug}/seen?by={by}")
    assert answer.status_code == 200, answer.text
    return {item["place"]: item for item in answer.json()["items"]}


async def counts(village: Village) -> dict[str, int]:
    kept_by_worker = ("search_", "network_weeks", "version_", "audit_heads")
    async with village.state.database.read() as connection:
        numbers = {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (*metadata.sorted_tables, accounts, sessions)
            if not table.name.startswith(kept_by_worker)
        }
        kept = select(func.count()).select_from(audit_rows).where(audit_rows.c.act == KEPT)
        return {**numbers, "audit_rows": numbers["audit_rows"] - (await connection.scalar(kept) or 0)}


async def test_each_kind_of_network_shows_what_it_may(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    for access in ("open", "closed", "unlisted", "secret"):
        place = await village.network(amara, [gareth], access=access)
        thread = await village.thread(
            gareth, place, "Whom nobody should see", "Words that stay among the members here."
        )
        await share(village, gareth, place, "A document that nobody should see", b"Plain words")
        await told_of_thread(village, amara, thread)  # the server's own worker writes meanwhile
        before = await counts(village)
        for by in STANDINGS:
            shown = await seen(village, amara, place, by)
            reads = access == "open" or by == "member"
            assert shown["thread"]["status"] == (200 if reads else 404), (access, by)
            assert ("titles of threads" in shown["address"]["shows"]) == reads, (access, by)  # type: ignore[operator]
            assert shown["document"]["status"] == (200 if reads else 404), (access, by)
            assert ("titles of documents" in shown["document"]["shows"]) == reads, (access, by)  # type: ignore[operator]
            knows = access != "secret" or by in ("invited", "member")
            assert (shown["address"]["status"] == 200) == knows, (access, by)
            listed = access in ("open", "closed") or by == "member"
            assert ("its name" in shown["directory"]["shows"]) == listed, (access, by)  # type: ignore[operator]
            assert reads or "titles of threads" not in shown["search"]["shows"], (access, by)  # type: ignore[operator]
            named = access in ("open", "closed") or by in ("invited", "member")
            told = by in ("invited", "member") or (by == "removed" and named)
            assert ("its name" in shown["list"]["shows"]) == told, (access, by)  # type: ignore[operator]
            if by != "member":
                assert "words of posts" not in shown["home"]["shows"], (access, by)  # type: ignore[operator]
        assert await counts(village) == before


async def test_it_is_what_a_real_person_gets(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah")
    place = await village.network(amara, [gareth, priya])
    await village.thread(gareth, place, "A title", "Words that stay among the members here.")
    await village.remove(place.id, priya)
    path = f"/networks/{place.slug}"
    for by, browser in (("signed_out", village.browser()), ("removed", village.browser(priya))):
        page = (await village.browser(amara).get(f"{path}/seen?by={by}&place=address")).text
        framed = unescape(re.search(r'srcdoc="([^"]*)"', page)[1])  # type: ignore[index]
        real = (await browser.get(path)).text
        main = re.compile(r"<main.*?</main>", re.DOTALL)
        assert main.search(framed)[0] == main.search(real)[0]  # type: ignore[index]
        assert "<script" not in framed
    assert "letter by letter" in (await village.browser(amara).get(f"{path}/seen?by=removed")).text


async def test_who_is_removed_is_told_so_and_a_member_finds_the_thread(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth], access="secret")
    title = f"Falls {secrets.token_hex(4)}"
    await village.thread(gareth, place, title, "Words that stay among the members here.")
    path = f"/networks/{place.slug}/seen"
    page = unescape((await village.browser(amara).get(f"{path}?by=removed&place=list")).text)
    assert "You no longer belong to a network" in unescape(page)
    assert title not in page.partition("srcdoc")[2]
    async with asyncio.timeout(20):  # the server's own worker puts it into the index
        while True:
            if "<mark>" in (await village.browser(gareth).get(f"/search?q={title}")).text:
                break
            await asyncio.sleep(0.3)
    assert "titles of threads" in (await seen(village, amara, place, "member"))["search"]["shows"]  # type: ignore[operator]
    assert (await seen(village, amara, place, "removed"))["search"]["shows"] == []


async def test_it_tells_of_organisations_and_of_the_size_where_they_stand(village: Village) -> None:
    """And nobody outside learns an organisation from who is only invited, or asked."""
    amara, gareth, priya, mei = await village.people("Amara Okafor", "Gareth Williams", "Priya Shah", "Mei Lin")
    place = await village.network(amara, [gareth])
    async with village.state.transaction() as tx:
        for person, organisation in ((gareth, "Avonlea Trust"), (priya, "Borrowdale Trust"), (mei, "Calder Trust")):
            these = update(accounts).where(accounts.c.id == person.id)
            await tx.execute(these.values(organisation=organisation))
        await begin(tx, place.id, priya.id, Step("invited", "member", amara.id))
        await begin(tx, place.id, mei.id, Step("requested", "member", words="Please."))
    told = {"organisations of its members (Avonlea Trust)", "how large it is, roughly (1–10)"}
    for by in ("signed_out", "outsider", "invited", "removed"):
        shown = await seen(village, amara, place, by)
        for where in ("address", "directory", "program"):
            assert told <= set(shown[where]["shows"]), (by, where)  # type: ignore[call-overload]
        assert not told & set(shown["profile"]["shows"]), by  # type: ignore[call-overload]
    answer = (await village.program().get(f"/api/v1/networks/{place.slug}")).json()
    assert (answer["organisations"], answer["size"]) == (["Avonlea Trust"], "1–10")
    for path in (f"/networks/{place.slug}", f"/networks?q={place.name}", "/networks?q=Borrowdale"):
        page = (await village.browser().get(path)).text
        assert "Borrowdale Trust" not in page, path
        assert "Calder Trust" not in page, path
    page = (await village.browser(amara).get(f"/networks/{place.slug}/seen")).text
    assert "organisations of its members (Avonlea Trust), how large it is, roughly (1–10)" in page


async def test_it_is_for_administrators(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    assert (await village.browser(gareth).get(f"/networks/{place.slug}/seen")).status_code == 403
    assert (await village.browser(maeve).get(f"/networks/{place.slug}/seen")).status_code == 404
    strange = await village.browser(amara).get(f"/networks/{place.slug}/seen?by=amara&place=../x")
    assert strange.status_code == 200
    wrong = await village.program(amara).get(f"/api/v1/networks/{place.slug}/seen?by=amara")
    assert wrong.status_code == 422


async def test_nobody_waits_while_it_is_looked_at(village: Village) -> None:
    """Neither in this process nor in another, which has a database of its own; and what they write is not held up."""
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara, [ben])
    thread_id = await village.thread(ben, place)
    before = await counts(village)
    async with rehearse(village.state, place.id, "member", amara.id) as (stage, secret):
        assert secret
        async with asyncio.timeout(5):
            await village.reply(ben, place, thread_id, "Written meanwhile.")
        answer = await village.program(ben).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "And here."})
        assert answer.status_code == 201
        async with stage.database.read() as connection:
            here = select(posts.c.body).where(posts.c.thread_id == thread_id)
            assert {"Written meanwhile.", "And here."} <= set(await connection.scalars(here))
            members = select(accounts.c.name).join(memberships, memberships.c.account_id == accounts.c.id)
            names = set(await connection.scalars(members.where(memberships.c.network_id == place.id)))
        assert names == {"Amara Okafor", "Ben Ito", "Somebody Else"}
    after = await counts(village)
    assert {name: after[name] - before[name] for name in ("accounts", "sessions", "memberships")} == {
        "accounts": 0,
        "sessions": 0,
        "memberships": 0,
    }


async def test_words_that_stand_around_every_page_are_not_taken_for_those_of_the_network(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara, access="secret")
    for title in ("Privacy", "Accessibility", "Search"):
        await village.thread(amara, place, title, "Words that stay among the members here.")
    for by in ("signed_out", "outsider"):
        shown = await seen(village, amara, place, by)
        assert [(key, each["shows"]) for key, each in shown.items() if each["shows"]] == []
    assert "titles of threads" in (await seen(village, amara, place, "member"))["address"]["shows"]  # type: ignore[operator]
