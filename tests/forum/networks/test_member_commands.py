"""Counters, roles and invitations stay right when many things happen at once."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from sqlalchemy import func, select

from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.inviting.invitation_commands import invite
from forum.networks.commands import change_network, create_network
from forum.networks.inputs import MemberChange, NetworkChange, NewNetwork
from forum.networks.leaving_commands import leave_network
from forum.networks.member_commands import decide_about, join_network
from forum.tables import invitations, memberships, networks
from forum.viewer import Viewer
from realtime.transaction import Transaction
from tests.forum.inviting.wishes import wish
from tests.forum.threads.village import Place, Village, Villager

Act = Callable[[Transaction, Viewer], Awaitable[Any]]


async def do(village: Village, who: Villager, act: Act) -> Any:
    """One command in its own transaction; a refusal is its answer."""
    viewer = await village.viewer(who)
    try:
        async with village.state.transaction() as tx:
            return await act(tx, viewer)
    except (Forbidden, NotFound, Conflict, Invalid) as refusal:
        return type(refusal)


async def all_at_once(village: Village, acts: Iterable[tuple[Villager, Act]]) -> list[Any]:
    return list(await asyncio.gather(*(do(village, who, act) for who, act in acts)))


def joins(place: Place) -> Act:
    return lambda tx, viewer: join_network(tx, viewer, place.slug, "")


def leaves(place: Place) -> Act:
    return lambda tx, viewer: leave_network(tx, viewer, place.slug)


def decides(place: Place, about: Villager, **wanted: Any) -> Act:
    return lambda tx, viewer: decide_about(tx, viewer, place.slug, about.id, MemberChange(**wanted))


async def check_counters(village: Village, place: Place) -> tuple[int, int]:
    """The network's counters equal its rows; how many are members and how many wait."""
    async with village.state.database.read() as connection:
        kept = (
            await connection.execute(
                select(networks.c.member_count, networks.c.waiting_count).where(networks.c.id == place.id)
            )
        ).one()
        here = (memberships.c.network_id == place.id) & memberships.c.current
        counted = [
            await connection.scalar(select(func.count()).where(here, memberships.c.status == status))
            for status in ("active", "requested")
        ]
        twice = await connection.execute(
            select(memberships.c.account_id).where(here).group_by(memberships.c.account_id).having(func.count() > 1)
        )
        assert twice.first() is None
    assert list(kept) == counted
    return kept[0], kept[1]


async def test_the_same_person_joins_once(village: Village) -> None:
    owner, newcomer = await village.people("Amara", "Gareth")
    place = await village.network(owner, access="open")
    assert await all_at_once(village, [(newcomer, joins(place))] * 10) == ["active"] * 10
    assert await check_counters(village, place) == (2, 0)


async def test_many_join_and_leave_at_once(village: Village) -> None:
    owner, *crowd = await village.people("Amara", *(f"Person {number}" for number in range(20)))
    place = await village.network(owner, crowd[:10], access="open")
    acts = [(person, leaves(place)) for person in crowd[:10]] + [(person, joins(place)) for person in crowd[10:]]
    assert await all_at_once(village, acts) == ["active"] * 20
    assert await check_counters(village, place) == (11, 0)


async def test_asking_and_answering_at_once(village: Village) -> None:
    owner, *crowd = await village.people("Amara", *(f"Person {number}" for number in range(12)))
    place = await village.network(owner)
    asked = [(person, joins(place)) for person in crowd]
    assert await all_at_once(village, asked + asked) == ["requested"] * 24
    assert await check_counters(village, place) == (1, 12)
    acts = [(owner, decides(place, person, status="active")) for person in crowd]
    acts += [(person, leaves(place)) for person in crowd[:6]]
    acts += [(owner, decides(place, person, status="refused")) for person in crowd[6:]]
    await all_at_once(village, acts)
    members, waiting = await check_counters(village, place)
    assert waiting == 0
    assert 1 <= members <= 7


async def test_two_last_administrators_can_not_both_go(village: Village) -> None:
    for _ in range(4):
        first, second = await village.people("Amara", "Gareth")
        place = await village.network(first)
        await village.join(place.id, second, "administrator")
        answers = await all_at_once(village, [(first, leaves(place)), (second, leaves(place))])
        assert sorted(map(str, answers)) == sorted(["active", str(Forbidden)])
        assert await check_counters(village, place) == (1, 0)


async def test_two_administrators_who_remove_each_other_leave_one(village: Village) -> None:
    first, second = await village.people("Amara", "Gareth")
    place = await village.network(first)
    await village.join(place.id, second, "administrator")
    acts = [(first, decides(place, second, status="removed")), (second, decides(place, first, role="member"))]
    answers = await all_at_once(village, acts)
    assert len([answer for answer in answers if answer in (Forbidden, NotFound)]) == 1
    async with village.state.database.read() as connection:
        left = await connection.scalar(
            select(func.count()).where(
                memberships.c.network_id == place.id,
                memberships.c.current,
                memberships.c.status == "active",
                memberships.c.role == "administrator",
            )
        )
    assert left == 1


async def test_one_address_is_invited_once_and_used_once(village: Village) -> None:
    first, second, stranger = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(first, access="secret")
    await village.join(place.id, second, "administrator")
    address = (await village.viewer(stranger)).account.email  # type: ignore[union-attr]
    wanted = wish(address, f"{secrets.token_hex(6)}@example.org")

    async def invites(tx: Transaction, viewer: Viewer) -> list[str]:
        return [each.status for each in (await invite(tx, viewer, place.slug, wanted, None))[0]]

    answers = await all_at_once(village, [(first, invites), (second, invites)] * 3)
    assert sorted(answers) == [["already_invited"] * 2] * 5 + [["sent"] * 2]
    assert await all_at_once(village, [(stranger, joins(place))] * 4) == ["active"] * 4
    assert await check_counters(village, place) == (3, 0)
    async with village.state.database.read() as connection:
        waiting = select(func.count()).where(invitations.c.network_id == place.id, invitations.c.ended_at.is_(None))
        assert await connection.scalar(waiting) == 1


def creates(name: str) -> Act:
    async def act(tx: Transaction, viewer: Viewer) -> str:
        new = NewNetwork(name=name, purpose="P", access="open")
        return (await create_network(tx, viewer, new, None, "anyone")).object_id

    return act


async def test_networks_of_like_names_get_addresses_of_their_own(village: Village) -> None:
    owner = await village.person("Amara")
    name = f"Falls {secrets.token_hex(6)}"
    made = await all_at_once(village, [(owner, creates(f"{name} {sign}")) for sign in "黄蓉李王张陈"])
    places = (await village.viewer(owner)).places
    slugs = sorted(places[network_id].slug for network_id in made)  # these letters have no plain form
    plain = name.lower().replace(" ", "-")
    assert slugs == sorted([plain, *(f"{plain}-{number}" for number in range(2, 7))])


async def test_of_networks_of_one_name_made_at_once_one_is_made(village: Village) -> None:
    owner = await village.person("Amara")
    made = await all_at_once(village, [(owner, creates(f"Falls {secrets.token_hex(6)}"))] * 4)
    assert made.count(Invalid) == 3


async def test_who_joins_has_read_what_was_there(village: Village) -> None:
    owner, early, late = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(owner, [early])
    thread = await village.thread(owner, place)
    acts: list[Awaitable[Any]] = [village.reply(owner, place, thread) for _ in range(5)]
    await asyncio.gather(*acts, village.join(place.id, late))
    async with village.state.database.read() as connection:
        row = (
            await connection.execute(
                select(memberships.c.baseline, memberships.c.read_count, networks.c.post_count)
                .join(networks, networks.c.id == memberships.c.network_id)
                .where(memberships.c.account_id == late.id, memberships.c.network_id == place.id)
            )
        ).one()
    assert row.baseline == row.read_count
    assert 1 <= row.baseline <= row.post_count == 6
    assert (await village.viewer(late)).places[place.id].unread == row.post_count - row.baseline
    assert (await village.viewer(early)).places[place.id].unread == 6


async def test_coming_back_forgets_what_was_read_before(village: Village) -> None:
    owner, member = await village.people("Amara", "Gareth")
    place = await village.network(owner, [member], access="open")
    thread = await village.thread(owner, place)
    await village.reply(member, place, thread)
    assert await do(village, member, leaves(place)) == "active"
    await village.reply(owner, place, thread)
    assert await do(village, member, joins(place)) == "active"
    assert (await village.viewer(member)).places[place.id].unread == 0
    await village.reply(owner, place, thread)
    assert (await village.viewer(member)).places[place.id].unread == 1


async def test_nobody_waits_for_a_network_that_becomes_secret_in_the_same_moment(village: Village) -> None:
    amara, *askers = await village.people("Amara", "Gareth", "Priya", "Helen", "Maeve", "Olu")
    place = await village.network(amara)
    for person in askers[:2]:
        await do(village, person, joins(place))
    hides = NetworkChange(access="secret", confirm=place.name)
    acts: list[tuple[Villager, Act]] = [(person, joins(place)) for person in askers[2:]]
    acts += [(amara, lambda tx, viewer: change_network(tx, viewer, place.slug, hides))]
    acts += [(amara, decides(place, askers[0], status="refused"))]
    done = await all_at_once(village, acts)
    assert set(done[:3]) <= {"requested", NotFound, Conflict}
    for _ in range(5):
        if done[3] is Conflict:
            done[3] = await do(village, *acts[3])
    assert done[3] == place.id
    assert await check_counters(village, place) == (1, 0)
