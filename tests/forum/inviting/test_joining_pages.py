"""The joining link: made, used up, reset and ended; what each who opens it sees and becomes."""

import asyncio
import re
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import httpx2
from sqlalchemy import select, update

from forum.tables import audit_rows, joining_links
from ground.columns import now
from tests.forum.threads.village import Place, Village, Villager


async def make(browser: httpx2.AsyncClient, place: Place, **fields: str) -> str:
    """Make or change the link; its path."""
    answer = await browser.post(f"/networks/{place.slug}/joining-link", data=fields)
    assert answer.status_code == 303, answer.text[:2000]
    return await link_of(browser, place)


async def link_of(browser: httpx2.AsyncClient, place: Place) -> str:
    page = (await browser.get(f"/networks/{place.slug}/joining-link")).text
    found = re.search(r'id="joining-link">http[^<]*?(/join/[\w-]+)<', page)
    assert found is not None
    return found[1]


async def end_of(village: Village, place: Place) -> datetime:
    async with village.state.database.read() as connection:
        good = joining_links.c.ended_at.is_(None) & (joining_links.c.network_id == place.id)
        end = await connection.scalar(select(joining_links.c.expires_at).where(good))
        assert end is not None
        return end


async def role_of(village: Village, who: Villager, place: Place) -> str | None:
    return (await village.viewer(who)).role_in(place.id)


async def shown(browser: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text[:1000]
    return unescape(answer.text)


async def test_who_comes_by_the_link_is_a_member_at_once(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, access="secret")
    host, guest = village.browser(amara), village.browser(gareth)
    assert "Make the link" in await shown(host, f"/networks/{place.slug}/joining-link")
    link = await make(host, place, uses="2", days="7", way="member")
    signed_out = await shown(village.browser(), link)
    assert place.name in signed_out
    assert f"/sign-in?next={link}" in signed_out
    assert f"Join {place.name}" in await shown(guest, link)
    assert await role_of(village, gareth, place) is None  # nothing happens by looking
    assert (await village.browser().post(link)).status_code == 401
    for _ in range(3):
        answer = await guest.post(link)
        assert answer.headers["location"] == f"/networks/{place.slug}"
    assert await role_of(village, gareth, place) == "member"
    assert "1 of 2 times" in await shown(host, f"/networks/{place.slug}/joining-link")
    assert (await guest.get(link)).headers["location"] == f"/networks/{place.slug}"
    for path in (link[:-1], f"{link[:-2]}zz", "/join/x"):
        await shown(guest, path, 404)
        assert (await guest.post(path)).status_code == 404


async def test_uses_are_counted_one_by_one(village: Village) -> None:
    amara, *crowd = await village.people("Amara", *(f"Guest {number}" for number in range(8)))
    place = await village.network(amara, access="secret")
    host = village.browser(amara)
    link = await make(host, place, uses="3")
    answers = await asyncio.gather(*(village.browser(person).post(link) for person in crowd))
    assert sorted(answer.status_code for answer in answers) == [303] * 3 + [410] * 5
    assert [await role_of(village, person, place) for person in crowd].count("member") == 3
    assert "As many people have joined" in await shown(village.browser(), link, 410)
    fewer = await host.post(f"/networks/{place.slug}/joining-link", data={"uses": "2"})
    assert (fewer.status_code, "3 people have joined by it already" in fewer.text) == (422, True)
    assert await make(host, place, uses="4") == link
    again = await asyncio.gather(*(village.browser(crowd[0]).post(link) for _ in range(5)))
    assert {answer.status_code for answer in again} <= {303, 410}


async def test_dead_links_tell_nothing(village: Village) -> None:
    amara, helen, gareth = await village.people("Amara", "Helen", "Gareth")
    place = await village.network(amara, access="secret")
    await village.join(place.id, helen, "administrator")
    host, guest, path = village.browser(amara), village.browser(gareth), f"/networks/{place.slug}/joining-link"

    async def is_dead(link: str, words: str) -> None:
        for browser in (guest, village.browser()):
            page = await shown(browser, link, 410)
            assert words in page
            assert place.name not in page
        assert (await guest.post(link)).status_code == 410
        assert await role_of(village, gareth, place) is None

    first = await make(host, place)
    await host.post(f"{path}/reset")
    second = await link_of(host, place)
    assert first != second
    await is_dead(first, "there is a newer one")
    assert place.name in await shown(guest, second)
    async with village.state.transaction() as tx:
        here = joining_links.c.network_id == place.id
        await tx.execute(update(joining_links).where(here).values(expires_at=now()))
    await is_dead(second, "Its time is over")
    assert await make(host, place) == second
    await village.remove(place.id, amara)
    await is_dead(second, "It was ended")
    third = await make(village.browser(helen), place)
    assert third != second
    assert (await village.browser(helen).post(f"{path}/ending")).status_code == 303
    await is_dead(third, "It was ended")
    assert (await village.browser(helen).post(f"{path}/ending")).status_code == 404
    async with village.state.database.read() as connection:
        logged = select(audit_rows.c.act).where(audit_rows.c.chain == place.id).order_by(audit_rows.c.number)
        acts = [act for act in await connection.scalars(logged) if act.startswith("joining_link")]
    assert acts == [f"joining_link.{act}" for act in ("made", "reset", "changed", "made", "ended")]


async def test_a_link_keeps_its_end_to_the_second_when_it_is_reset_or_changed(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara, access="secret")
    host, path = village.browser(amara), f"/networks/{place.slug}/joining-link"
    first, exactly = await make(host, place, days="60"), await end_of(village, place)
    await host.post(f"{path}/reset")
    second = await link_of(host, place)
    assert (first != second, await end_of(village, place)) == (True, exactly)
    said = f"{exactly.astimezone(ZoneInfo('Europe/London')):%H:%M}"
    assert (await shown(host, path)).count(said) >= 2  # among the facts, and as the choice that stands
    assert await make(host, place, uses="60", days="") == second
    assert await end_of(village, place) == exactly
    assert "0 of 60 times" in await shown(host, path)


async def test_an_archived_network_takes_nobody_in(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, access="secret")
    host, guest = village.browser(amara), village.browser(gareth)
    link = await make(host, place)
    assert (await host.post(f"/networks/{place.slug}/archive", data={"archived": "yes"})).status_code == 303
    for browser in (guest, village.browser()):
        page = await shown(browser, link, 410)
        assert "takes nobody in any more" in page
        assert place.name not in page
    assert (await guest.post(link)).status_code == 410
    assert await role_of(village, gareth, place) is None


async def test_who_comes_by_it_may_have_to_ask(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, access="secret")
    host, guest = village.browser(amara), village.browser(gareth)
    link = await make(host, place, way="asks")
    answer = await guest.post(link, data={"words": "I run the falls clinic."})
    assert answer.headers["location"] == link
    assert "You have asked to join" in await shown(guest, link)
    await shown(guest, f"/networks/{place.slug}", 404)  # still secret
    requests = await shown(host, f"/networks/{place.slug}/requests")
    assert "I run the falls clinic." in requests
    assert (await guest.post(f"{link}/withdrawal")).status_code == 303
    assert "I run the falls clinic." not in await shown(host, f"/networks/{place.slug}/requests")
    too_long = await guest.post(link, data={"words": "x" * 1_001})
    assert (too_long.status_code, "x" * 1_001 in too_long.text) == (422, True)


async def test_who_was_removed_or_banned_does_not_come_back_by_it(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    host = village.browser(amara)
    link = await make(host, place)
    for person, act in ((gareth, "removal"), (priya, "ban")):
        answer = await host.post(f"/networks/{place.slug}/members/{person.id}/{act}", data={"reason": "Enough."})
        assert answer.status_code == 303
    page = await shown(village.browser(gareth), link)
    for words in (
        "You were removed from this network on",
        "Enough.",
        "you can ask to join again",
        ">Ask to join</button>",
    ):
        assert words in page, words
    assert f"Join {place.name}</button>" not in page
    await village.browser(gareth).post(link)
    assert await role_of(village, gareth, place) is None
    assert "Gareth" in await shown(host, f"/networks/{place.slug}/requests")
    for method in ("GET", "POST"):
        answer = await village.browser(priya).request(method, link)
        assert (answer.status_code, "removed you for good" in unescape(answer.text)) == (403, True)
        assert place.name not in unescape(answer.text)  # which they may not see any more


async def test_what_the_page_says_is_what_the_button_does(village: Village) -> None:
    """Also for who was refused, and for who asked before by another link."""
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, access="secret")
    host = village.browser(amara)
    link = await make(host, place, way="asks")
    for person in (gareth, priya):
        browser = village.browser(person)
        assert "an administrator answers" in await shown(browser, link)
        assert (await browser.post(link, data={"words": "Hello there"})).status_code == 303
        page = await shown(browser, link)
        assert "by the link you find your request again" in page
        assert ("Hello there" in page, f"Join {place.name}</button>" in page) == (True, False)
    members = f"/api/v1/networks/{place.slug}/members/{gareth.id}"
    refused = await village.program(amara).patch(members, json={"status": "refused", "reason": "Not yet."})
    assert refused.status_code == 200
    assert await make(host, place, way="member") == link
    page = await shown(village.browser(gareth), link)
    assert ("Your request was refused on" in page, "Not yet." in page, ">Ask to join</button>" in page) == (True,) * 3
    await village.browser(gareth).post(link)
    assert "You have asked to join" in await shown(village.browser(gareth), link)
    page = await shown(village.browser(priya), link)
    assert ("you are a member at once" in page, f"Join {place.name}</button>" in page) == (True, True)
    assert (await village.browser(priya).post(link)).headers["location"] == f"/networks/{place.slug}"
    assert [await role_of(village, each, place) for each in (gareth, priya)] == [None, "member"]


async def test_others_do_not_see_or_make_it(village: Village) -> None:
    amara, gareth, outsider = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth])
    link = await make(village.browser(amara), place)
    for person, code in ((gareth, 403), (outsider, 404)):
        browser, path = village.browser(person), f"/networks/{place.slug}/joining-link"
        assert link not in await shown(browser, path, code)
        for page in ("", "/reset", "/ending"):
            assert (await browser.post(path + page)).status_code == code
    for wrong in ({"uses": "0"}, {"uses": "10001"}, {"uses": "x"}, {"days": "91"}, {"way": "owner"}):
        answer = await village.browser(amara).post(f"/networks/{place.slug}/joining-link", data=wrong)
        assert answer.status_code == 422, wrong
