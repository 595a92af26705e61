"""Whoever is invited knows of a network as long as they could accept, and not a moment longer."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx2
import pytest
import pytest_asyncio
from sqlalchemy import select, update

from auth.accounts import suspend_account
from auth.links import LinkPurpose, issue_link
from auth.tables import accounts
from forum.accounts.closing_commands import close_own_account
from forum.accounts.commands import use_email_link
from forum.inviting.invitation_commands import invite, resend
from forum.inviting.worker import end_late_offers
from forum.networks.live import present_own_memberships
from forum.tables import invitations, memberships
from ground.columns import now
from tests.forum.inviting.wishes import new_address, wish
from tests.forum.threads.village import Place, Village, Villager, open_village
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    opened = open_village(server)
    yield opened
    await opened.close()


Death = Callable[[Village, Place, Villager, Villager, Villager], Awaitable[None]]
"""Of an invitation: the village, the network, another administrator of it, who invited, and who was."""


async def decide(village: Village, place: Place, amara: Villager, helen: Villager, **change: str) -> None:
    path = f"/api/v1/networks/{place.slug}/members/{helen.id}"
    assert (await village.program(amara).patch(path, json=change)).status_code == 200


async def demoted(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    await decide(village, place, amara, helen, role="moderator")


async def removed(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    await decide(village, place, amara, helen, status="removed", reason="Moved on")


async def banned(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    await decide(village, place, amara, helen, status="banned", reason="Enough")


async def left(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    answer = await village.program(helen).delete(f"/api/v1/networks/{place.slug}/members/me")
    assert answer.status_code == 204


async def closed(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    viewer = await village.viewer(helen)
    async with village.state.transaction() as tx:
        await close_own_account(tx, viewer, name_stays=True)


async def suspended(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    async with village.state.transaction() as tx:
        await suspend_account(tx.connection, helen.id)


async def late(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    async with village.state.transaction() as tx:
        here = invitations.c.network_id == place.id
        await tx.execute(update(invitations).where(here).values(expires_at=now() - timedelta(seconds=1)))


async def moved(village: Village, place: Place, amara: Villager, helen: Villager, gareth: Villager) -> None:
    async with village.state.transaction() as tx:
        secret = await issue_link(tx.connection, gareth.id, LinkPurpose.CHANGE_EMAIL, new_address())
        await use_email_link(tx, secret)


STAY_UNTIL_LATE = (suspended,)
"""Of these something may come again, so that the place is not ended; it says nothing meanwhile."""


async def statuses(village: Village, place: Place, person: Villager) -> list[str]:
    asked = select(memberships.c.status).where(memberships.c.network_id == place.id, memberships.c.current)
    async with village.state.database.read() as connection:
        return list(await connection.scalars(asked.where(memberships.c.account_id == person.id)))


def alike(answer: httpx2.Response, slug: str) -> tuple[int, str]:
    """Without what is random in each answer, and the name that was asked for."""
    return answer.status_code, answer.text.replace(slug, "a-name").replace(answer.headers["x-request-id"], "an-id")


@pytest.mark.parametrize("death", [demoted, removed, banned, left, closed, suspended, late, moved])
async def test_a_dead_invitation_shows_nothing(village: Village, death: Death) -> None:
    amara, helen, gareth = await village.people("Amara Okafor", "Helen Marsh", "Gareth Williams")
    place = await village.network(amara, access="secret")
    await village.join(place.id, helen, "administrator")
    viewer, address = await village.viewer(helen), (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    async with village.state.transaction() as tx:
        await invite(tx, viewer, place.slug, wish(address), None)
    browser, program = village.browser(gareth), village.program(gareth)
    path, nowhere = f"/networks/{place.slug}", f"/networks/{place.slug[:-8]}aaaaaaaa"
    front = await browser.get(path)
    assert (front.status_code, "For trying things out." in front.text) == (200, True)
    assert place.name in (await browser.get("/")).text
    assert (await program.get(f"/api/v1{path}")).json()["my"]["status"] == "invited"

    await death(village, place, amara, helen, gareth)

    for ask in (browser.get, program.get):
        for below in ("", "/departure", "/about") if ask == browser.get else ("", "/members"):
            prefix = "" if ask == browser.get else "/api/v1"
            shown, nothing = await ask(f"{prefix}{path}{below}"), await ask(f"{prefix}{nowhere}{below}")
            assert alike(shown, place.slug) == alike(nothing, nowhere.rpartition("/")[2])
            assert shown.status_code == 404
    joining = await program.put(f"/api/v1{path}/members/me", json={})
    assert alike(joining, place.slug) == alike(await program.put(f"/api/v1{nowhere}/members/me", json={}), nowhere[10:])
    for elsewhere in ("/", "/notifications", "/networks", "/api/v1/me", "/api/v1/networks"):
        assert place.name not in (await (program if "api" in elsewhere else browser).get(elsewhere)).text, elsewhere

    assert await statuses(village, place, gareth) == (["invited"] if death in (*STAY_UNTIL_LATE, late) else ["left"])
    asked = select(memberships.c.id).where(memberships.c.network_id == place.id, memberships.c.account_id == gareth.id)
    async with village.state.database.read() as connection:
        membership_id = (await connection.execute(asked)).scalar_one()
    heard = (await present_own_memberships(village.state, [membership_id]))[membership_id].object
    assert heard["network"] == {"id": place.id}
    await end_late_offers(village.state)
    assert await statuses(village, place, gareth) == (["invited"] if death in STAY_UNTIL_LATE else ["left"])


async def test_who_is_invited_anew_knows_it_again(village: Village) -> None:
    """Also where the same invitation is only sent once more, after the place beside it has ended."""
    amara, helen, gareth = await village.people("Amara Okafor", "Helen Marsh", "Gareth Williams")
    place = await village.network(amara, access="secret")
    await village.join(place.id, helen, "administrator")
    viewer, address = await village.viewer(helen), (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    async with village.state.transaction() as tx:
        await invite(tx, viewer, place.slug, wish(address), None)
    await late(village, place, amara, helen, gareth)
    await end_late_offers(village.state)
    assert await statuses(village, place, gareth) == ["left"]
    viewer = await village.viewer(amara)
    async with village.state.database.read() as connection:
        asked = select(invitations.c.id).where(invitations.c.network_id == place.id)
        (invitation_id,) = await connection.scalars(asked)
    async with village.state.transaction() as tx:
        await resend(tx, viewer, place.slug, invitation_id)
    browser = village.browser(gareth)
    for shown in (await browser.get("/"), await browser.get(f"/networks/{place.slug}")):
        assert f"{place.name}" in shown.text
        assert "Amara Okafor invites you" in shown.text
        assert "Helen Marsh" not in shown.text
    await browser.post(f"/networks/{place.slug}/membership", data={})
    assert (await village.viewer(gareth)).role_in(place.id) == "member"


async def test_who_takes_invitations_over_invites_from_then_on(village: Village) -> None:
    amara, helen, gareth = await village.people("Amara Okafor", "Helen Marsh", "Gareth Williams")
    place = await village.network(amara)
    await village.join(place.id, helen, "administrator")
    viewer, address = await village.viewer(helen), (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    async with village.state.transaction() as tx:
        await invite(tx, viewer, place.slug, wish(address), None)
    browser = village.browser(gareth)
    assert "Helen Marsh invites you" in (await browser.get("/")).text
    gone = await village.program(helen).delete(f"/api/v1/networks/{place.slug}/members/me", params={"heir": amara.id})
    assert gone.status_code == 204
    for path in ("/", f"/networks/{place.slug}"):
        page = (await browser.get(path)).text
        assert "Amara Okafor invites you" in page, path
        assert "Helen Marsh" not in page, path
    row = (await village.program(amara).get(f"/api/v1/networks/{place.slug}/log")).json()["items"]
    (handed,) = [each for each in row if each["act"] == "member.handed_on"]
    assert handed["sentence"] == "Helen Marsh (administrator) handed on to Amara Okafor what Helen Marsh held."
    async with village.state.database.read() as connection:
        asked = select(accounts.c.name).where(accounts.c.id == handed["after"]["heir"])
        assert await connection.scalar(asked) == "Amara Okafor"
