"""Bringing people in: invitations by address, joining links, and mails that came back."""

from starlette.routing import BaseRoute

from forum.inviting import answering_pages, invitation_pages, joining_pages, sending_pages

ROUTES: list[BaseRoute] = [
    *sending_pages.ROUTES,
    *invitation_pages.ROUTES,
    *answering_pages.ROUTES,
    *joining_pages.ROUTES,
]
