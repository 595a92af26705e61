"""Every address and who gets what there: the permissions of Confer, as data.

The columns are kinds of visitor: somebody signed out, an outsider (every kind: who asked, was refused, left, was
removed or banned, or moderates elsewhere, must get the same), somebody invited, an administrator of the site, a
member, a moderator, an administrator. What is asked for lies in a closed network; `secret` and `open` say what
differs there. Requests that change something are sent empty: whoever is refused must be refused before anything
is looked at, and who is let in gets 422 (fill in the form) or has it done.

    200 303 …  exactly this status        ok  anything below 400, or 422
"""

from dataclasses import dataclass

EVERYBODY = "200 200 200 200 200 200 200"
MEMBERS = "404 404 404 404 200 200 200"
MEMBERS_DO = "404 404 404 404 ok ok ok"
OPEN_READ = "200 200 200 200 200 200 200"
OPEN_DO = "401 403 403 403 ok ok ok"


@dataclass(frozen=True, slots=True)
class Row:
    """What each kind of visitor gets in a closed network, and where that differs in others."""

    closed: str
    secret: str = ""
    open: str = ""
    unlisted: str = ""

    def expected(self, access: str) -> list[str]:
        """The codes for a network of this access."""
        special = {"closed": self.closed, "secret": self.secret, "open": self.open, "unlisted": self.unlisted}[access]
        return (special or self.closed).split()


OWN_PAGE = Row("303 200 200 200 200 200 200")
OWN_ACT = Row("401 ok ok ok ok ok ok")
OWN_API = Row("401 200 200 200 200 200 200")

TABLE: dict[str, Row] = {
    # the site
    "GET /": Row(EVERYBODY),
    "GET /about/{slug}": Row(EVERYBODY),
    "GET /about/{slug}/edit": Row("303 403 403 200 403 403 403"),
    "POST /about/{slug}": Row("401 403 403 ok 403 403 403"),
    "GET /api": Row(EVERYBODY),
    "GET /api/openapi.json": Row(EVERYBODY),
    "GET /styleguide": Row("404 404 404 404 404 404 404"),
    "GET /healthz": Row(EVERYBODY),
    "GET /readyz": Row(EVERYBODY),
    "GET /robots.txt": Row(EVERYBODY),
    "GET /static/{name}": Row("404 404 404 404 404 404 404"),
    # accounts
    "GET /settings": Row("303 303 303 303 303 303 303"),
    "GET /settings/profile": OWN_PAGE,
    "GET /settings/password": OWN_PAGE,
    "GET /settings/email": OWN_PAGE,
    "GET /settings/sessions": OWN_PAGE,
    "GET /settings/tokens": OWN_PAGE,
    "GET /settings/data": OWN_PAGE,
    "GET /settings/data/file": OWN_PAGE,
    "GET /settings/close": OWN_PAGE,
    "POST /settings/profile": OWN_ACT,
    "POST /settings/password": OWN_ACT,
    "POST /settings/email": OWN_ACT,
    "POST /settings/tokens": OWN_ACT,
    "POST /settings/close": OWN_ACT,
    "POST /settings/tokens/{id:id}/revocation": Row("401 404 404 404 404 404 404"),
    "POST /settings/sessions/{id:id}/ending": Row("401 404 404 404 404 404 404"),
    "GET /api/v1/me": OWN_API,
    "PATCH /api/v1/me": OWN_ACT,
    # networks
    "GET /networks": Row(EVERYBODY),
    "GET /networks/new": OWN_PAGE,
    "POST /networks": OWN_ACT,
    "GET /networks/{slug:slug}": Row(EVERYBODY, secret="404 404 200 200 200 200 200"),
}
