"""The page behind the link in an invitation's mail, for whoever may accept it.

Shared ground, because one slice shows it and another gives it back where the form in it that registers has a mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from auth.accounts import normalise_email
from forum.invitations import Shown
from forum.rendering import render_page
from forum.viewer import Viewer


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """An invitation that waits for its answer: `inviting/invitation.html`."""

    invitation: Shown
    secret: str
    path: str
    is_for_viewer: bool
    """Signed in with the address that it went to."""
    sign_in: str
    name: str
    organisation: str
    errors: Mapping[str, str]


def is_for(viewer: Viewer, shown: Shown) -> bool:
    """Whether the viewer is signed in with the address that the invitation went to."""
    return viewer.account is not None and normalise_email(viewer.account.email) == shown.email_key


def invitation_page(
    request: Request,
    viewer: Viewer,
    shown: Shown,
    secret: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The page; after a mistake in its form with all that was typed there but the password."""
    given, path = typed or {}, f"/invitations/{secret}"
    page = InvitationPage(
        invitation=shown,
        secret=secret,
        path=path,
        is_for_viewer=is_for(viewer, shown),
        sign_in="/sign-in?" + urlencode({"next": path}),
        name=given.get("name", shown.name),
        organisation=given.get("organisation", shown.organisation),
        errors=errors or {},
    )
    template, title = "inviting/invitation.html", "You are invited"
    return render_page(request, viewer, template, page, title=title, status=status, headers=headers)


@dataclass(frozen=True, slots=True)
class EndedPage:
    """An invitation that is good no longer: `inviting/ended.html`. Names no network."""

    sentence: str
    path: str
    """Where a member goes on; empty for everybody else."""


def ended_page(request: Request, viewer: Viewer, shown: Shown) -> Response:
    """Why an invitation can't be accepted any more."""
    page = EndedPage(why_over(shown), f"/networks/{shown.slug}" if viewer.role_in(shown.network_id) else "")
    return render_page(request, viewer, "inviting/ended.html", page, title=OVER, status=410)


OVER = "This invitation is over"


def why_over(shown: Shown) -> str:
    """Why it is, of one that is good no longer, and what to do; names no network."""
    return _ENDED.get(shown.outcome) or (_LATE if shown.is_late else _CLOSED if shown.takes_nobody else _NOT_ALLOWED)


_ENDED = {
    "accepted": "It was accepted already. Sign in with the address that it went to, and you find the network there.",
    "declined": "It was declined. If that was a mistake, ask whoever invited you for a new one.",
    "cancelled": "It was taken back. If you think that was a mistake, ask whoever invited you.",
    "expired": "Its time is over. Ask whoever invited you for a new one.",
}
_CLOSED = "The network takes nobody in any more. That is not about you: whoever invited you can tell you more."
_LATE = _ENDED["expired"]
_NOT_ALLOWED = "Whoever sent it may no longer invite people. Ask another administrator of the network for a new one."
