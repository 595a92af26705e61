"""Networks and members as the API and the socket show them: one function for each noun, so that live equals reload."""

from datetime import datetime

from forum.network_reads import Front
from forum.policy import (
    may_see_beginning,
    may_see_exact_count,
    may_see_purpose,
    may_see_requests,
    may_see_whom_to_ask,
)
from forum.records import Access, InvitationState, Member, Network, Role, Status
from forum.rendering import size_band
from forum.viewer import Viewer
from ground.answers import Answer
from ground.columns import moment_text


class ApiPlace(Answer):
    """What the caller is in a network: asked to join, invited, or an active member."""

    role: Role
    status: Status


class ApiNetwork(Answer):
    """A network. Its version and beginning are for its readers; of an unlisted one outsiders get the name alone.

    With `archived_at` or `deletes_at`, which its readers see, nobody adds to it; at the latter it is deleted for good.
    """

    id: str
    slug: str
    url: str
    name: str
    purpose: str | None
    access: Access
    accent: str
    member_count: int | None
    size: str | None
    created_at: str | None
    version: int | None
    archived_at: str | None
    deletes_at: str | None
    my: ApiPlace | None


class ApiAdministrator(Answer):
    """Whom to ask about a network."""

    name: str
    organisation: str


class ApiWholeNetwork(ApiNetwork):
    """A network with what its front page shows: whom to ask, and where its people come from; null where it does not."""

    administrators: list[ApiAdministrator] | None
    organisations: list[str] | None


class ApiNetworks(Answer):
    """A part of a list of networks, by name."""

    items: list[ApiNetwork]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiMemberAccount(Answer):
    """Whose membership it is."""

    id: str
    name: str


class ApiMember(Answer):
    """Somebody's time in a network. `words` and `reason` are for its moderators.

    Of the invited `id` is the invitation's, `account` is null whether there is one or not, `address` is the e-mail
    address that was typed, `name` and `organisation` are what stood beside it, and `invitation` is how it stands; all
    four are null for everybody else.
    """

    id: str
    network_id: str
    account: ApiMemberAccount | None
    address: str | None
    name: str | None
    organisation: str | None
    invitation: InvitationState | None
    role: Role
    status: Status
    words: str | None
    reason: str | None
    since: str | None
    ended: str | None
    version: int


class ApiMembers(Answer):
    """A part of a list of members."""

    items: list[ApiMember]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiJoined(Answer):
    """What has come of joining: a member, or waiting to be admitted."""

    status: Status


def network_url(network: Network, public_url: str) -> str:
    """The address of the network's page."""
    return f"{public_url}/networks/{network.slug}"


def heard_network(network: Network, public_url: str) -> dict[str, object]:
    """The network as everybody who may read it sees it, without what depends on the reader."""
    return {
        "id": network.id,
        "slug": network.slug,
        "url": network_url(network, public_url),
        "name": network.name,
        "purpose": network.purpose,
        "access": network.access,
        "accent": network.accent,
        "member_count": network.member_count,
        "size": size_band(network.member_count),
        "created_at": moment_text(network.created_at),
        "version": network.version,
        "archived_at": _moment(network.archived_at),
        "deletes_at": _moment(network.deletes_at),
    }


def api_network(viewer: Viewer, network: Network, public_url: str) -> dict[str, object]:
    """The network as this viewer may see it."""
    shown = heard_network(network, public_url)
    if not may_see_purpose(viewer, network):
        shown |= {"purpose": None, "size": None}
    if not may_see_exact_count(viewer, network):
        shown |= {"member_count": None, "version": None, "archived_at": None, "deletes_at": None}
    if not may_see_beginning(viewer, network):
        shown["created_at"] = None
    place = viewer.place_in(network.id)
    return shown | {"my": {"role": place.role, "status": place.status} if place else None}


def api_whole_network(viewer: Viewer, network: Network, front: Front, public_url: str) -> dict[str, object]:
    """The network as its front page or its page "About" shows it to this viewer."""
    shows = may_see_whom_to_ask(viewer, network)
    people = [{"name": person.name, "organisation": person.organisation} for person in front.administrators]
    return api_network(viewer, network, public_url) | {
        "administrators": people if shows else None,
        "organisations": list(front.organisations) if shows else None,
    }


def api_member(viewer: Viewer, network: Network, member: Member) -> dict[str, object]:
    """The membership as this viewer may see it; what people wrote to the administrators is for moderators."""
    shown = heard_member(member)
    if member.status == "invited":
        as_typed = {"name": member.invited_name, "organisation": member.person.organisation}
        shown |= {"account": None, "address": member.person.name, "invitation": member.invitation, **as_typed}
    if may_see_requests(viewer, network):
        shown |= {"words": member.words, "reason": member.reason}
    return shown


def heard_member(member: Member) -> dict[str, object]:
    """The membership as every fellow member sees it."""
    return {
        "id": member.id,
        "network_id": member.network_id,
        "account": {"id": member.person.id, "name": member.person.name},
        "address": None,
        "name": None,
        "organisation": None,
        "invitation": None,
        "role": member.role,
        "status": member.status,
        "words": None,
        "reason": None,
        "since": _moment(member.since),
        "ended": _moment(member.ended_at),
        "version": member.version,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)
