"""Invitations to addresses without an account wait until one proves the address."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import update

from auth.accounts import Account, create_account, verify_account
from forum.errors import NotFound
from forum.invitations import accept_pending_invitations
from forum.inviting.invitation_commands import invite
from forum.membership import Step, change, lock_current
from forum.networks.member_commands import join_network
from forum.records import Role
from forum.tables import invitations
from forum.viewer import Viewer, viewer_of_account
from ground.columns import now
from tests.forum.inviting.wishes import wish
from tests.forum.threads.village import Place, Village, Villager, open_village
from tests.servers.confer import ConferServer


@pytest_asyncio.fixture
async def village(server: ConferServer) -> AsyncIterator[Village]:
    opened = open_village(server)
    yield opened
    await opened.close()


async def send(village: Village, by: Villager, place: Place, address: str, role: Role = "member") -> list[str]:
    viewer = await village.viewer(by)
    async with village.state.transaction() as tx:
        return [each.status for each in (await invite(tx, viewer, place.slug, wish(address, role=role), None))[0]]


async def prove(village: Village, address: str) -> tuple[Account, int]:
    """Register the address and prove it; how many invitations were waiting."""
    async with village.state.transaction() as tx:
        made = await create_account(tx.connection, address.upper(), "Nadia Osman", password_hash="x")
        assert made is not None
        assert await accept_pending_invitations(tx, made) == 0
        account = await verify_account(tx.connection, made.id)
        return account, await accept_pending_invitations(tx, account)


async def viewer_of(village: Village, account: Account) -> Viewer:
    viewer = await viewer_of_account(village.state.database, account.id)
    assert viewer is not None
    return viewer


def new_address() -> str:
    return f"{secrets.token_hex(6)}@example.org"


async def test_waiting_invitations_find_whoever_proves_the_address(village: Village) -> None:
    amara = await village.person("Amara")
    secret = await village.network(amara, access="secret")
    closed = await village.network(amara)
    address = new_address()
    assert await send(village, amara, secret, address, "moderator") == ["sent"]
    assert await send(village, amara, closed, address) == ["sent"]
    account, waiting = await prove(village, address)
    assert waiting == 2
    viewer = await viewer_of(village, account)
    assert {place.status for place in viewer.places.values()} == {"invited"}
    async with village.state.transaction() as tx:
        assert await join_network(tx, viewer, secret.slug, "") == "active"
    assert (await viewer_of(village, account)).role_in(secret.id) == "moderator"
    async with village.state.transaction() as tx:
        assert await accept_pending_invitations(tx, account) == 1  # the other still waits; this one is used


async def test_withdrawn_and_old_ones_and_those_of_former_administrators_find_nobody(village: Village) -> None:
    amara, helen = await village.people("Amara", "Helen")
    address = new_address()
    old = await village.network(amara, access="secret")
    assert await send(village, amara, old, address) == ["sent"]
    async with village.state.transaction() as tx:
        here = invitations.c.network_id == old.id
        await tx.execute(update(invitations).where(here).values(expires_at=now()))
    left = await village.network(amara, access="secret")
    await village.join(left.id, helen, "administrator")
    assert await send(village, helen, left, address) == ["sent"]
    await village.remove(left.id, helen)
    account, waiting = await prove(village, address)
    assert waiting == 0
    assert (await viewer_of(village, account)).places == {}
    assert await send(village, amara, old, address) == ["sent"]
    assert await send(village, amara, left, address) == ["sent"]
    assert len((await viewer_of(village, account)).places) == 2


async def test_invitation_is_of_no_use_once_its_sender_has_lost_the_right(village: Village) -> None:
    amara, helen, gareth = await village.people("Amara", "Helen", "Gareth")
    place = await village.network(amara, access="secret")
    await village.join(place.id, helen, "administrator")
    address = (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    assert await send(village, helen, place, address) == ["sent"]
    async with village.state.transaction() as tx:
        current = await lock_current(tx, place.id, helen.id)
        assert current is not None
        await change(tx, current, Step("active", "member", amara.id))
    viewer = await village.viewer(gareth)
    assert viewer.places == {}
    with pytest.raises(NotFound):
        async with village.state.transaction() as tx:
            await join_network(tx, viewer, place.slug, "")
    assert (await village.viewer(gareth)).role_in(place.id) is None
