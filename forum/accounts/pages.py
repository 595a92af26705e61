"""Every page of the slice."""

from starlette.routing import BaseRoute

from forum.accounts import (
    access_pages,
    archive_pages,
    leaving_pages,
    link_pages,
    photo_pages,
    registration_pages,
    set_up_pages,
    settings_pages,
    sign_in_pages,
)

ROUTES: list[BaseRoute] = [
    *registration_pages.ROUTES,
    *link_pages.ROUTES,
    *archive_pages.ROUTES,
    *set_up_pages.ROUTES,
    *sign_in_pages.ROUTES,
    *settings_pages.ROUTES,
    *photo_pages.ROUTES,
    *access_pages.ROUTES,
    *leaving_pages.ROUTES,
]
