"""What the events of networks and their members show."""

from collections.abc import Mapping, Sequence

from forum.networks.member_queries import find_offered, read_members, read_networks
from forum.networks.presenting import heard_member, heard_network
from forum.records import Member, Network
from forum.rendering import size_band
from forum.state import State
from realtime.questions import Presented


async def present_members(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """Memberships that began, changed or ended, with the network's count of members.

    An open network's stream is heard by everybody, and who its members are is for signed-in people:
    there only their number is told.
    """
    async with state.database.read() as connection:
        found = await read_members(connection, ids)
    return {key: Presented(_heard(member, network)) for key, (member, network) in found.items()}


def _heard(member: Member, network: Network) -> dict[str, object]:
    counted = {"member_count": network.member_count, "size": size_band(network.member_count)}
    if network.access == "open":
        return {"id": member.id, "network_id": network.id, "version": member.version, **counted}
    shown = heard_member(member) | counted
    if member.status != "active":
        shown["status"] = "left"  # whether they went or were removed is for moderators
    return shown


async def present_networks(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """Networks with another name, purpose, look or access."""
    async with state.database.read() as connection:
        found = await read_networks(connection, ids)
    return {key: Presented(heard_network(network, state.settings.public_url)) for key, network in found.items()}


async def present_requests(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: how many people wait to be admitted."""
    async with state.database.read() as connection:
        found = await read_networks(connection, ids)
    return {
        key: Presented({"id": key, "network_id": key, "waiting_count": network.waiting_count})
        for key, network in found.items()
    }


async def present_own_memberships(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """On a person's own stream: their place in a network, with the network where they may still know of it."""
    url = state.settings.public_url
    async with state.database.read() as connection:
        found = await read_members(connection, ids)
        invited = [key for key, (member, _) in found.items() if member.status == "invited"]
        offered = await find_offered(connection, invited) if invited else ()
    shown: dict[str, Presented] = {}
    for key, (member, network) in found.items():
        knows = network.access in ("open", "closed") or member.status == "active" or key in offered
        about = {name: heard_network(network, url)[name] for name in ("id", "slug", "url", "name", "access", "accent")}
        network_shown = about if knows else {"id": network.id}
        shown[key] = Presented({**heard_member(member), "reason": member.reason, "network": network_shown})
    return shown


PRESENTERS = {
    "member.joined": present_members,
    "member.changed": present_members,
    "member.left": present_members,
    "network.changed": present_networks,
    "requests.changed": present_requests,
    "membership.changed": present_own_memberships,
}
