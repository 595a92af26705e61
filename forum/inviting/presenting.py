"""Invitations and joining links as the API shows them."""

from forum.inviting.joining_queries import JoiningLink, LinkState
from forum.inviting.queries import Invitation
from forum.records import Access, InvitationState, Role, Status
from ground.answers import Answer
from ground.columns import moment_text


class ApiInvited(Answer):
    """What became of one address. Never tells whether it has an account, but for members of the network."""

    address: str
    status: str
    detail: str


class ApiInvitationOutcomes(Answer):
    """One outcome for each entry of the request, in its order."""

    items: list[ApiInvited]


class ApiInvitation(Answer):
    """An invitation by e-mail, for the network's administrators; `name` and `organisation` stood beside the address."""

    id: str
    address: str
    name: str
    organisation: str
    role: Role
    state: InvitationState
    created_at: str
    expires_at: str
    sent_at: str | None
    opened_at: str | None
    bounced_at: str | None
    bounce: str
    reminded_at: str | None
    ended_at: str | None
    invited_by: str


class ApiInvitations(Answer):
    """A part of the invitations, latest first."""

    items: list[ApiInvitation]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiReminded(Answer):
    """How many people were reminded."""

    reminded: int


def api_invitation(invitation: Invitation) -> dict[str, object]:
    """The invitation as an `ApiInvitation`."""
    moments = ("sent_at", "opened_at", "bounced_at", "reminded_at", "ended_at")
    told = {name: getattr(invitation, name) for name in moments}
    return {
        "id": invitation.id,
        "address": invitation.address,
        "name": invitation.name,
        "organisation": invitation.organisation,
        "role": invitation.role,
        "state": invitation.state,
        "created_at": moment_text(invitation.created_at),
        "expires_at": moment_text(invitation.expires_at),
        **{name: moment_text(moment) if moment else None for name, moment in told.items()},
        "bounce": invitation.bounce,
        "invited_by": invitation.inviter,
    }


class ApiJoiningLink(Answer):
    """A network's joining link, for its administrators; `state` says whether it is good, or why not."""

    url: str
    asks: bool
    most_uses: int
    use_count: int
    expires_at: str
    created_at: str
    made_by: str
    state: LinkState


class ApiBehindLink(Answer):
    """What whoever holds a good joining link sees of the network behind it."""

    name: str
    purpose: str
    access: Access
    asks: bool


class ApiJoinedByLink(Answer):
    """What has come of joining by a link; `slug` is null of a secret network that the caller has only asked to join."""

    status: Status
    slug: str | None


def api_joining_link(link: JoiningLink, url: str) -> dict[str, object]:
    """The link as an `ApiJoiningLink`."""
    return {
        "url": url,
        "asks": link.asks,
        "most_uses": link.most_uses,
        "use_count": link.use_count,
        "expires_at": moment_text(link.expires_at),
        "created_at": moment_text(link.created_at),
        "made_by": link.maker,
        "state": link.state,
    }
