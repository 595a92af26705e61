"""What each act tells, on which stream, and that what is told equals what a page read anew shows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from forum.live import present
from forum.membership import Step, change, lock_current
from forum.networks.commands import change_network
from forum.networks.inputs import MemberChange, NetworkChange
from forum.networks.leaving_commands import leave_network
from forum.networks.member_commands import decide_about, join_network
from forum.streams import account_stream, moderators_stream, network_stream
from realtime import event_log
from realtime.events import Event
from tests.forum.threads.village import Place, Village, Villager


@dataclass(frozen=True, slots=True)
class Heard:
    """The events of an act by stream, and the streams whose listeners are asked about again."""

    events: dict[str, list[Event]]
    again: list[str]

    def __getitem__(self, key: str) -> list[Event]:
        return self.events[key]


async def told(village: Village, place: Place, people: list[Villager], act: Awaitable[Any]) -> Heard:
    """The events of an act by stream: `network`, `moderators`, and each person's name."""
    names = {"network": network_stream(place.id), "moderators": moderators_stream(place.id)}
    names |= {person.name: account_stream(person.id) for person in people}
    async with village.state.database.read() as connection:
        before = (await event_log.survey(connection, list(names.values()))).heads
    await act
    async with village.state.database.read() as connection:
        found = {
            key: await event_log.read_after(connection, name, before[name].seq, limit=50) for key, name in names.items()
        }
        after = (await event_log.survey(connection, list(names.values()))).heads
    again = [key for key, name in names.items() if after[name].authz_version > before[name].authz_version]
    return Heard(found, again)


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


async def act(village: Village, who: Villager, command: Callable[..., Awaitable[Any]], *more: Any) -> Any:
    viewer = await village.viewer(who)
    async with village.state.transaction() as tx:
        return await command(tx, viewer, *more)


async def test_asking_is_told_to_moderators_and_to_oneself(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    heard = await told(village, place, [amara, gareth], act(village, gareth, join_network, place.slug, "Please."))
    assert kinds(heard["network"]) == []
    assert kinds(heard["moderators"]) == ["requests.changed"]
    assert kinds(heard["Gareth"]) == ["membership.changed"]
    assert heard.again == ["Gareth"]
    (requests,) = await present(village.state, heard["moderators"][0].stream, heard["moderators"])
    assert requests.object == {"id": place.id, "network_id": place.id, "waiting_count": 1}
    (own,) = await present(village.state, heard["Gareth"][0].stream, heard["Gareth"])
    assert own.object is not None
    assert own.object["status"] == "requested"
    assert own.object["network"]["name"] == place.name


@pytest.mark.parametrize("access", ["closed", "open"])
async def test_joining_names_the_person_to_members_only(village: Village, access: Any) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, access=access)
    if access == "closed":
        await act(village, gareth, join_network, place.slug, "")
        going = act(village, amara, decide_about, place.slug, gareth.id, MemberChange(status="active"))
    else:
        going = act(village, gareth, join_network, place.slug, "")
    heard = await told(village, place, [gareth], going)
    assert kinds(heard["network"]) == ["member.joined"]
    told_of_it = ["notification.created"] if access == "closed" else []
    assert kinds(heard["Gareth"]) == ["membership.changed", *told_of_it]
    assert "Gareth" in heard.again
    (joined,) = await present(village.state, heard["network"][0].stream, heard["network"])
    assert joined.object is not None
    assert joined.object["member_count"] == 2
    if access == "open":
        assert joined.object.keys() == {"id", "network_id", "version", "member_count", "size"}
    else:
        assert joined.object["account"] == {"id": gareth.id, "name": "Gareth"}
        assert joined.object["words"] is None


@pytest.mark.parametrize("ending", ["left", "removed", "banned"])
async def test_whatever_ends_a_right_has_it_asked_again(village: Village, ending: Any) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    await village.join(place.id, gareth, "moderator")
    if ending == "left":
        going = act(village, gareth, leave_network, place.slug)
    else:
        wanted = MemberChange(status=ending, reason="Only for moderators' eyes.")
        going = act(village, amara, decide_about, place.slug, gareth.id, wanted)
    heard = await told(village, place, [gareth], going)
    assert kinds(heard["network"]) == ["member.left"]
    assert kinds(heard["moderators"]) == ["requests.changed", "reports.changed"]
    assert heard.again == ["network", "moderators", "Gareth"]
    (left,) = await present(village.state, heard["network"][0].stream, heard["network"])
    assert left.object is not None
    assert (left.object["status"], left.object["reason"]) == ("left", None)


async def test_role_taken_has_the_moderators_asked_again(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    up = act(village, amara, decide_about, place.slug, gareth.id, MemberChange(role="moderator"))
    heard = await told(village, place, [gareth], up)
    assert kinds(heard["network"]) == ["member.changed"]
    assert heard.again == ["Gareth"]
    down = act(village, amara, decide_about, place.slug, gareth.id, MemberChange(role="member"))
    heard = await told(village, place, [gareth], down)
    assert heard.again == ["moderators", "Gareth"]


async def test_changed_network_is_told_as_the_api_shows_it(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara, access="open")
    change_name = NetworkChange(name="Another name", accent="moss")
    heard = await told(village, place, [], act(village, amara, change_network, place.slug, change_name))
    assert kinds(heard["network"]) == ["network.changed"]
    assert heard.again == []
    close = NetworkChange(access="secret", confirm="another  NAME")
    heard = await told(village, place, [], act(village, amara, change_network, place.slug, close))
    assert heard.again == ["network"]
    (changed,) = await present(village.state, heard["network"][0].stream, heard["network"])
    viewer = await village.viewer(amara)
    async with village.program(amara) as program:
        fresh = (await program.get(f"/api/v1/networks/{viewer.places[place.id].slug}")).json()
    assert changed.object is not None
    mine = {name: fresh[name] for name in ("my", "administrators", "organisations")}
    assert {**changed.object, **mine} == fresh


async def test_own_stream_does_not_name_what_one_may_no_longer_know(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth], access="secret")
    going = act(village, amara, decide_about, place.slug, gareth.id, MemberChange(status="removed"))
    heard = await told(village, place, [gareth], going)
    told_to_them = zip(
        heard["Gareth"], await present(village.state, heard["Gareth"][0].stream, heard["Gareth"]), strict=True
    )
    own = {event.kind: shown.object for event, shown in told_to_them}
    assert own["membership.changed"] is not None
    assert own["membership.changed"]["network"] == {"id": place.id}
    assert own["notification.created"] is not None
    assert own["notification.created"]["network"] is None
    assert place.name not in str(own)


async def test_nothing_is_told_where_nothing_changed(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    acts = [
        act(village, gareth, join_network, place.slug, ""),
        act(village, amara, decide_about, place.slug, gareth.id, MemberChange(role="member")),
        act(village, amara, change_network, place.slug, NetworkChange(name=place.name)),
    ]
    for same in acts:
        heard = await told(village, place, [gareth], same)
        assert [kinds(heard[key]) for key in ("network", "moderators", "Gareth")] == [[], [], []]


async def test_a_step_from_a_stale_row_is_refused(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    async with village.state.transaction() as tx:
        current = await lock_current(tx, place.id, gareth.id)
        assert current is not None
        await change(tx, current, Step("active", "moderator"))
        with pytest.raises(Exception, match="answered this already"):
            await change(tx, current, Step("removed"))
