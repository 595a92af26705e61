"""Who could see a thread at a moment: roles and ends as they were then, open times, broken glass."""

import asyncio
import csv
import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from auth.tables import accounts
from forum.audit import Deed, record
from forum.audit_log.asked_queries import Asked
from forum.audit_log.audience_queries import Audience, find_thread, read_audience
from forum.audit_log.audience_spans import Span
from forum.audit_log.glass_commands import break_glass, end_glass
from forum.moderation.suspension_commands import reinstate, suspend
from forum.network_reads import get_network
from forum.tables import audit_rows, memberships, threads
from ground.columns import now
from tests.forum.threads.village import Place, Village, Villager


async def at(village: Village, administrator: Villager, place: Place, thread: str, moment: datetime | Span) -> Audience:
    viewer = await village.viewer(administrator)
    async with village.state.database.read() as connection:
        network = (await get_network(connection, viewer, place.slug)).network
        asked = await find_thread(connection, viewer, network, thread)
        assert isinstance(asked, Asked)
        span = moment if isinstance(moment, Span) else Span.moment(moment)
        return await read_audience(connection, viewer, network, asked, span)


def at_moment(village: Village, moment: datetime) -> dict[str, str]:
    """A moment as the page's form sends it."""
    local = moment.astimezone(ZoneInfo(village.state.settings.time_zone))
    return {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}"}


def roles(audience: Audience) -> dict[str, str]:
    return {each.name: each.role for each in audience.people}


async def test_members_are_told_with_the_role_they_had_then(village: Village, overseer: Villager) -> None:
    amara, ben, cleo = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray")
    place = await village.network(amara, [ben])
    thread = await village.thread(ben, place)
    program = village.program(amara)
    first = now()
    member = f"/api/v1/networks/{place.slug}/members/{ben.id}"
    await program.patch(member, json={"role": "moderator"})
    second = now()
    await village.join(place.id, cleo)
    await program.patch(member, json={"status": "removed"})
    third = now()
    await program.patch(member, json={"status": "banned"})  # long after: it must not lengthen what Ben could see
    async with village.state.transaction() as tx:
        await break_glass(tx, await village.viewer(overseer), place.slug, "A threat", 1)
    fourth = now()
    async with village.state.transaction() as tx:
        await end_glass(tx, await village.viewer(overseer), place.slug)
    fifth = now()
    everyone = {"Amara Okafor": "administrator", "Ben Ito": "member"}
    assert roles(await at(village, amara, place, thread, first)) == everyone
    assert roles(await at(village, amara, place, thread, second)) == everyone | {"Ben Ito": "moderator"}
    rest = {"Amara Okafor": "administrator", "Cleo Ray": "member"}
    assert roles(await at(village, amara, place, thread, third)) == rest
    assert roles(await at(village, amara, place, thread, fourth)) == rest | {"Olwen Pugh": "broken glass"}
    assert roles(await at(village, amara, place, thread, fifth)) == rest


async def test_who_was_suspended_then_could_not_see_it(village: Village, overseer: Villager) -> None:
    amara, ben, cleo = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray")
    place = await village.network(amara, [ben, cleo])
    thread = await village.thread(ben, place)
    looks_after = await village.viewer(overseer)
    before = now()
    async with village.state.transaction() as tx:
        await suspend(tx, looks_after, ben.id, "Sold the list.")
        # One that the log knows nothing of, as the account was suspended before it began.
        await tx.execute(update(accounts).where(accounts.c.id == cleo.id).values(suspended_at=now()))
    meanwhile = now()
    async with village.state.transaction() as tx:
        await reinstate(tx, looks_after, ben.id)
    after = now()
    told = [await at(village, amara, place, thread, moment) for moment in (before, meanwhile, after)]
    names = [sorted(each.name for each in audience.people) for audience in told]
    everyone = ["Amara Okafor", "Ben Ito", "Cleo Ray"]
    assert names == [everyone, ["Amara Okafor"], ["Amara Okafor", "Ben Ito"]]
    assert [audience.suspended for audience in told] == [0, 2, 1]
    async with village.state.transaction() as tx:
        long_ago = now() - timedelta(hours=1)
        await tx.execute(update(threads).where(threads.c.id == thread).values(created_at=long_ago))
        await tx.execute(update(memberships).where(memberships.c.network_id == place.id).values(since=long_ago))
        await tx.execute(update(accounts).where(accounts.c.id == cleo.id).values(suspended_at=long_ago))
    await asyncio.sleep(1)  # the page asks by whole seconds, and Ben came back within this one
    asked = {"thread": "1", **at_moment(village, now())}
    page = (await village.browser(amara).get(f"/networks/{place.slug}/audience", params=asked)).text
    assert "Not counted: one person whose account was suspended at that time" in page


async def test_of_a_day_everybody_is_told_who_could_at_any_moment_of_it(village: Village, overseer: Villager) -> None:
    amara, ben, cleo, dora, eli = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray", "Dora Nye", "Eli Oz")
    place = await village.network(amara, [ben, dora, eli])
    thread, program = await village.thread(ben, place), village.program(amara)
    members = f"/api/v1/networks/{place.slug}/members"
    looks_after = await village.viewer(overseer)
    for account_id in (dora.id, eli.id):
        async with village.state.transaction() as tx:
            await suspend(tx, looks_after, account_id, "Sold the list.")
    begun = now()
    await program.patch(f"{members}/{ben.id}", json={"role": "moderator"})
    await program.patch(f"{members}/{ben.id}", json={"status": "removed"})
    await village.join(place.id, cleo)
    await program.patch(f"{members}/{cleo.id}", json={"status": "removed"})
    async with village.state.transaction() as tx:
        await break_glass(tx, looks_after, place.slug, "A threat", 1)
        await reinstate(tx, looks_after, eli.id)
    async with village.state.transaction() as tx:
        await end_glass(tx, looks_after, place.slug)
    ended = now()
    of_day = await at(village, amara, place, thread, Span(begun, ended))
    assert roles(of_day) == {
        "Amara Okafor": "administrator",
        "Ben Ito": "moderator",
        "Cleo Ray": "member",
        "Eli Oz": "member",
        "Olwen Pugh": "broken glass",
    }
    assert of_day.suspended == 1  # Dora, all the time
    assert roles(await at(village, amara, place, thread, ended)) == {
        "Amara Okafor": "administrator",
        "Eli Oz": "member",
    }
    path = f"/api/v1/networks/{place.slug}"
    for access in ("open", "closed"):
        assert (await program.patch(path, json={"access": access, "confirm": place.name})).status_code == 200
    later = await village.thread(amara, place, "For all")
    assert not (await at(village, amara, place, later, Span(begun, ended))).everybody
    of_day = await at(village, amara, place, later, Span(begun, now()))
    assert (of_day.everybody, of_day.access) == (True, "open")


async def test_a_day_on_the_page_from_the_menu_of_the_thread(village: Village) -> None:
    amara, ben, cleo = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray")
    place = await village.network(amara, [ben, cleo])
    thread = await village.thread(ben, place, "Rota")
    await village.program(amara).patch(f"/api/v1/networks/{place.slug}/members/{cleo.id}", json={"status": "removed"})
    link = f"/networks/{place.slug}/audience?thread=1"
    browser = village.browser(amara)
    assert f'href="{link}"' in (await browser.get(f"/threads/{thread}")).text
    assert f'href="{link}"' not in (await village.browser(ben).get(f"/threads/{thread}")).text
    asked = await browser.get(link)
    assert asked.status_code == 200
    assert "could see it" not in asked.text.split("</form>")[-1]
    day = at_moment(village, now())["day"]
    told = re.sub(r"\s+", " ", (await browser.get(f"{link}&day={day}&time=")).text)
    assert "Three people could see it at one time or another of that day, nobody else." in told
    answer = await browser.post(f"/networks/{place.slug}/audience/export", data={"thread": "1", "day": day})
    assert "Cleo Ray" in answer.content.decode("utf-8-sig")


async def test_when_the_network_was_open_everybody_could(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    kept = await village.thread(amara, place, "Among us")
    program = village.program(amara)
    closed = now()
    path = f"/api/v1/networks/{place.slug}"
    assert (await program.patch(path, json={"access": "open", "confirm": place.name})).status_code == 200
    public = await village.thread(amara, place, "For all")
    opened = now()
    assert (await program.patch(path, json={"access": "closed", "confirm": place.name})).status_code == 200
    again = now()
    told = [await at(village, amara, place, kept, moment) for moment in (closed, opened, again)]
    assert [(each.access, each.everybody) for each in told] == [("closed", False), ("open", False), ("closed", False)]
    told = [await at(village, amara, place, public, moment) for moment in (opened, again)]
    assert [(each.access, each.everybody) for each in told] == [("open", True), ("closed", False)]


async def test_who_came_while_it_was_open_could_not_see_what_was_kept_after_it_closed(village: Village) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara)
    kept = await village.thread(amara, place, "Among us")
    program, path = village.program(amara), f"/api/v1/networks/{place.slug}"
    assert (await program.patch(path, json={"access": "open", "confirm": place.name})).status_code == 200
    assert (await village.program(ben).put(f"{path}/members/me", json={})).status_code == 200
    public = await village.thread(amara, place, "For all")
    assert (await program.patch(path, json={"access": "closed", "confirm": place.name})).status_code == 200
    closed = now()
    review = f"{path}/reviews/{(await program.post(f'{path}/reviews')).json()['id']}"
    choice = {"items": [{"account_id": ben.id, "decision": "keep"}]}
    assert (await program.post(f"{review}/decisions", json=choice)).status_code == 200
    both = {"Amara Okafor": "administrator", "Ben Ito": "member"}
    assert roles(await at(village, amara, place, kept, closed)) == {"Amara Okafor": "administrator"}
    assert roles(await at(village, amara, place, public, closed)) == both
    assert roles(await at(village, amara, place, kept, now())) == both


async def test_what_was_before_the_log_began_is_not_made_up(village: Village) -> None:
    amara = await village.person("Amara Okafor")
    place = await village.network(amara)
    thread = await village.thread(amara, place)
    async with village.state.transaction() as tx:
        made = (audit_rows.c.chain == place.id) & (audit_rows.c.number == 1)
        await tx.execute(update(audit_rows).where(made).values(act="member.joined"))
        old = now() - timedelta(days=9)
        await tx.execute(update(memberships).where(memberships.c.network_id == place.id).values(since=old))
        await tx.execute(update(threads).where(threads.c.id == thread).values(created_at=old))
    told = await at(village, amara, place, thread, now() - timedelta(days=5))
    assert (told.access, told.everybody, roles(told)) == (None, False, {"Amara Okafor": "administrator"})
    async with village.state.transaction() as tx:
        await tx.execute(update(audit_rows).where(made).values(act="network.created"))


async def move(village: Village, by: Villager, thread: str, here: Place, there: Place, number: int) -> None:
    """What the log of each network says of a move, and where the thread is then."""
    async with village.state.transaction() as tx:
        before = {"number": number, "network_id": here.id}
        names = {"title": "Rota"}
        await record(tx, Deed("thread.move", "thread", thread, here.id, by.id, before=before, names=names))
        await record(tx, Deed("thread.moved_here", "thread", thread, there.id, by.id, names=names))
        await tx.execute(update(threads).where(threads.c.id == thread).values(network_id=there.id, number=9))


async def test_each_network_answers_for_its_own_time_of_a_thread_that_moved(village: Village) -> None:
    amara, ben, helen = await village.people("Amara Okafor", "Ben Ito", "Helen Turner")
    here, there = await village.network(amara, [ben]), await village.network(helen)
    thread = await village.thread(ben, here, "Rota")
    before = now()
    await move(village, amara, thread, here, there, 1)
    after = now()
    async with village.state.transaction() as tx:
        await tx.execute(update(threads).where(threads.c.id == thread).values(title="Renamed in secret"))
    assert roles(await at(village, amara, here, "1", before)) == {"Amara Okafor": "administrator", "Ben Ito": "member"}
    assert (await at(village, amara, here, thread, after)).elsewhere
    assert (await at(village, helen, there, "9", before)).elsewhere
    assert roles(await at(village, helen, there, "9", after)) == {"Helen Turner": "administrator"}
    page = (await village.browser(amara).get(f"/networks/{here.slug}/audience?thread=1&day=2026-01-01")).text
    assert "Rota" in page
    assert "Renamed in secret" not in page
    await move(village, helen, thread, there, here, 9)
    assert (await at(village, amara, here, thread, after)).elsewhere
    assert not (await at(village, amara, here, thread, now())).elsewhere


async def test_what_was_in_an_open_network_for_a_time_is_said_to_have_been_everybodys(village: Village) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    here, there = await village.network(amara, [ben]), await village.network(amara, access="open")
    closed = await village.network(amara)
    thread = await village.thread(ben, here, "Rota")
    program, path = village.program(amara), f"/api/v1/threads/{thread}/move"
    first, moments = now(), dict[str, datetime]()
    for target in (closed, there, here):
        body = {"network": target.slug, "reason": "Yes.", "confirm": target.name}
        assert (await program.post(path, json=body)).status_code == 200
        moments[target.slug] = now()
    told = {slug: await at(village, amara, here, thread, moment) for slug, moment in moments.items()}
    elsewhere = {slug: (each.elsewhere, each.everybody_elsewhere) for slug, each in told.items()}
    assert elsewhere == {closed.slug: (True, False), there.slug: (True, True), here.slug: (False, False)}
    assert not (await at(village, amara, here, thread, first)).everybody_elsewhere
    day = {"thread": thread, "day": at_moment(village, now())["day"]}
    page = (await village.browser(amara).get(f"/networks/{here.slug}/audience", params=day)).text
    words = re.sub(r"\s+", " ", page)
    assert "this thread was in another network, which was open: anybody could read it" in words
    for claim in ("nobody else", "The network was closed on that day"):
        assert claim not in words, claim
    answer = await village.browser(amara).post(f"/networks/{here.slug}/audience/export", data=day)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert ("Everybody", "it was in another network then, which was open") in [(row[0], row[2]) for row in rows]
    # In another one that was not open, there is no more to be said than that.
    body = {"network": closed.slug, "reason": "Yes."}
    again = await village.thread(ben, here, "Another")
    assert (await program.post(f"/api/v1/threads/{again}/move", json=body)).status_code == 200
    shown = await village.browser(amara).get(f"/networks/{here.slug}/audience", params=day | {"thread": again})
    words = re.sub(r"\s+", " ", shown.text)
    assert "Two people could see it at one time or another of that day while it was here." in words
    assert "For a part of that day this thread was in another network." in words
    assert "nobody else" not in words


async def test_the_page_and_the_file(village: Village) -> None:
    amara, ben = await village.people("Amara Okafor", "Ben Ito")
    place = await village.network(amara, [ben])
    thread = await village.thread(ben, place, "Rota <1>")
    browser, path = village.browser(amara), f"/networks/{place.slug}/audience"
    earlier = at_moment(village, now() - timedelta(minutes=2))
    assert (await browser.get(path)).status_code == 200
    async with village.state.transaction() as tx:
        moved = now() - timedelta(minutes=1)
        await tx.execute(update(threads).where(threads.c.id == thread).values(created_at=moved))
        await tx.execute(update(memberships).where(memberships.c.network_id == place.id).values(since=moved))
    fields = {
        "thread": f"{village.url}/threads/{thread}?at=1#post-1",
        **at_moment(village, now()),
    }
    page = (await browser.get(path, params=fields)).text
    assert "Rota &lt;1&gt;" in page
    assert "Two people could see it, nobody else." in re.sub(r"\s+", " ", page)
    assert "Nobody: the thread was begun later" in (await browser.get(path, params={"thread": "1", **earlier})).text
    answer = await browser.post(f"{path}/export", data=fields)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Name", "Amara Okafor", "Ben Ito"]
    async with village.state.database.read() as connection:
        acts = select(audit_rows.c.act).where(audit_rows.c.chain == place.id).order_by(audit_rows.c.number.desc())
        assert await connection.scalar(acts.limit(1)) == "audience.exported"
    await what_is_wrong(village, amara, place)
    assert (await village.browser(ben).get(path)).status_code == 403


async def what_is_wrong(village: Village, amara: Villager, place: Place) -> None:
    """Threads of other networks, moments to come, and what is no moment."""
    browser, path = village.browser(amara), f"/networks/{place.slug}/audience"
    other = await village.network(amara)
    elsewhere = await village.thread(amara, other)
    tomorrow = f"{(now() + timedelta(days=1)):%Y-%m-%d}"
    for wrong in (
        {"thread": elsewhere},
        {"thread": "9"},
        {"thread": "x"},
        {"day": tomorrow},
        {"day": "3 March"},
        {"day": "2026-02-30"},
        {"day": ""},
        {"time": "noon"},
        {"time": "25:00"},
    ):
        answer = await browser.get(path, params={"thread": "1", "day": "2026-01-01", "time": "12:00"} | wrong)
        assert answer.status_code == 422, wrong
