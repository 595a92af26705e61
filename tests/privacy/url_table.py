"""Every address and who gets what there: the permissions of Confer, as data.

The columns are kinds of visitor: somebody signed out, an outsider (every kind: who asked, was refused, left, was
removed or banned, or moderates elsewhere, must get the same), somebody invited, an administrator of the site, a
member, a moderator, an administrator. What is asked for lies in a closed network; `secret` and `open` say what
differs there. Requests that change something are sent with the words of BODIES, so that nothing but the lack of a
right can refuse them. Signed out, every act is 401 and every form leads to the sign-in page, whatever is behind it.

    200 303 …  exactly this status        ok  anything below 400, or 422
"""

from dataclasses import dataclass

EVERYBODY = "200 200 200 200 200 200 200"
MEMBERS = "404 404 404 404 200 200 200"


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


READ = Row(MEMBERS, open=EVERYBODY)
FRONT = Row(EVERYBODY, secret="404 404 200 200 200 200 200")
MEMBERS_DO = Row("401 404 404 404 ok ok ok", open="401 403 403 403 ok ok ok")
MODERATORS_DO = Row("401 404 404 404 403 ok ok", open="401 403 403 403 403 ok ok")
ADMINISTRATORS_DO = Row("401 404 404 404 403 403 ok", open="401 403 403 403 403 403 ok")
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
    "GET /register": Row("200 303 303 303 303 303 303"),
    "POST /register": Row("ok ok ok ok ok ok ok"),
    "GET /register/sent": Row(EVERYBODY),
    "GET /register/again": Row(EVERYBODY),
    "POST /register/again": Row("ok ok ok ok ok ok ok"),
    "GET /verify/{secret}": Row("404 404 404 404 404 404 404"),
    "POST /verify/{secret}": Row("404 404 404 404 404 404 404"),
    "GET /set-up/{secret}": Row("404 404 404 404 404 404 404"),
    "POST /set-up/{secret}": Row("404 404 404 404 404 404 404"),
    "GET /sign-in": Row("200 303 303 303 303 303 303"),
    "POST /sign-in": Row("ok ok ok ok ok ok ok"),
    "GET /sign-out": Row("303 200 200 200 200 200 200"),
    "GET /forgotten": Row(EVERYBODY),
    "POST /forgotten": Row("ok ok ok ok ok ok ok"),
    "GET /forgotten/sent": Row(EVERYBODY),
    "GET /reset/{secret}": Row("404 404 404 404 404 404 404"),
    "POST /reset/{secret}": Row("404 404 404 404 404 404 404"),
    "POST /api/v1/accounts": Row("422 422 422 422 422 422 422"),
    "POST /api/v1/tokens": Row("422 422 422 422 422 422 422"),
    # networks
    "GET /networks": Row(EVERYBODY),
    "POST /networks": OWN_ACT,
    "GET /networks/new": OWN_PAGE,
    "GET /networks/{slug:slug}": FRONT,
    "GET /networks/{slug:slug}/about": Row("404 404 404 404 200 200 200", open=EVERYBODY),
    "GET /networks/{slug:slug}/members": Row("404 404 404 404 200 200 200", open="303 200 200 200 200 200 200"),
    "GET /networks/{slug:slug}/members/{account_id:id}": Row(
        "303 404 404 404 403 403 200", open="303 403 403 403 403 403 200"
    ),
    "POST /networks/{slug:slug}/members/{account_id:id}/role": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/removal": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/ban": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/ban/end": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/membership": Row("401 ok ok ok 403 403 403", secret="401 404 ok 404 403 403 403"),
    "GET /networks/{slug:slug}/departure": Row("303 404 404 404 200 200 200", open="303 403 403 403 200 200 200"),
    "GET /networks/{slug:slug}/requests": Row("303 404 404 404 403 200 200", open="303 403 403 403 403 200 200"),
    "POST /networks/{slug:slug}/requests": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/invitations": Row("303 404 404 404 403 403 200", open="303 403 403 403 403 403 200"),
    "POST /networks/{slug:slug}/invitations": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/invitations/{invitation_id:id}/withdrawal": Row(
        "404 404 404 404 403 403 404", open="401 403 403 403 403 403 404"
    ),
    "GET /networks/{slug:slug}/settings": Row("303 404 404 404 403 403 200", open="303 403 403 403 403 403 200"),
    "POST /networks/{slug:slug}/settings": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/access": Row("303 404 404 404 403 403 200", open="303 403 403 403 403 403 200"),
    "POST /networks/{slug:slug}/access": ADMINISTRATORS_DO,
    "GET /people/{account_id:id}": Row(EVERYBODY),
    # threads and posts, as pages
    "POST /networks/{slug:slug}/reading": MEMBERS_DO,
    "GET /networks/{slug:slug}/threads/new": Row("303 404 404 404 200 200 200", open="303 403 403 403 200 200 200"),
    "POST /networks/{slug:slug}/threads": MEMBERS_DO,
    "GET /networks/{slug:slug}/threads/people": Row(MEMBERS, open=EVERYBODY),
    "GET /threads/{id:id}": READ,
    "GET /threads/{id:id}/people": Row(MEMBERS, open=EVERYBODY),
    "POST /threads/{id:id}/posts": MEMBERS_DO,
    "POST /threads/{id:id}/pin": MODERATORS_DO,
    "POST /threads/{id:id}/closure": MODERATORS_DO,
    "GET /threads/{id:id}/title": Row("303 404 404 404 200 200 200", open="303 403 403 403 200 200 200"),
    "POST /threads/{id:id}/title": MEMBERS_DO,
    "POST /threads/{id:id}/watch": MEMBERS_DO,
    "POST /threads/{id:id}/read": MEMBERS_DO,
    "GET /posts/{id:id}": Row("404 404 404 404 303 303 303", open="303 303 303 303 303 303 303"),
    "GET /posts/{id:id}/actions": READ,
    "GET /posts/{id:id}/source": READ,
    "GET /posts/{id:id}/versions": READ,
    "GET /posts/{id:id}/edit": Row("303 404 404 404 200 403 403", open="303 403 403 403 200 403 403"),
    "POST /posts/{id:id}/edit": Row("401 404 404 404 ok 403 403", open="401 403 403 403 ok 403 403"),
    "GET /posts/{id:id}/removal": Row("303 404 404 404 200 200 200", open="303 403 403 403 200 200 200"),
    "POST /posts/{id:id}/removal": MEMBERS_DO,
    "POST /preview": OWN_ACT,
    # the API
    "GET /api/v1/networks": Row(EVERYBODY),
    "POST /api/v1/networks": OWN_ACT,
    "GET /api/v1/networks/{slug:slug}": FRONT,
    "PATCH /api/v1/networks/{slug:slug}": Row("401 403 403 403 403 403 ok", secret="401 404 403 403 403 403 ok"),
    "PUT /api/v1/networks/{slug:slug}/members/me": Row("401 ok ok ok ok ok ok", secret="401 404 ok 404 ok ok ok"),
    "GET /api/v1/networks/{slug:slug}/members": Row(MEMBERS, open="401 200 200 200 200 200 200"),
    "PATCH /api/v1/networks/{slug:slug}/members/{account_id:id}": ADMINISTRATORS_DO,
    "POST /api/v1/networks/{slug:slug}/invitations": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/threads": READ,
    "POST /api/v1/networks/{slug:slug}/threads": MEMBERS_DO,
    "GET /api/v1/networks/{slug:slug}/events": READ,
    "GET /api/v1/threads/{id:id}": READ,
    "PATCH /api/v1/threads/{id:id}": MEMBERS_DO,
    "PUT /api/v1/threads/{id:id}/read": MEMBERS_DO,
    "PUT /api/v1/threads/{id:id}/watch": MEMBERS_DO,
    "GET /api/v1/threads/{id:id}/posts": READ,
    "POST /api/v1/threads/{id:id}/posts": MEMBERS_DO,
    "GET /api/v1/posts/{id:id}": READ,
    "PATCH /api/v1/posts/{id:id}": Row("401 404 404 404 ok 403 403", open="401 403 403 403 ok 403 403"),
    "POST /api/v1/posts/{id:id}/removal": MODERATORS_DO,
}

ENDINGS = {
    "POST /sign-out",
    "POST /settings/sessions/ending",
    "POST /networks/{slug:slug}/departure",
    "DELETE /api/v1/tokens/current",
    "DELETE /api/v1/networks/{slug:slug}/members/me",
    "DELETE /api/v1/posts/{id:id}",
}
"""Addresses that would end what the table is tried with; only those who must be refused try them."""

BODIES: dict[str, dict[str, object]] = {
    "POST /about/{slug}": {"body": "New words"},
    "POST /networks/{slug:slug}/members/{account_id:id}/role": {"role": "member"},
    "POST /networks/{slug:slug}/members/{account_id:id}/removal": {"reason": "They moved on"},
    "POST /networks/{slug:slug}/members/{account_id:id}/ban": {"reason": "They moved on"},
    "POST /networks/{slug:slug}/membership": {"words": "Let me in"},
    "POST /networks/{slug:slug}/reading": {"position": "1"},
    "POST /networks/{slug:slug}/threads": {"title": "A title", "body": "Words"},
    "POST /networks/{slug:slug}/requests": {"account": "{refused}", "answer": "refused", "reason": "Not now"},
    "POST /networks/{slug:slug}/invitations": {"emails": "someone.new@example.org"},
    "POST /threads/{id:id}/posts": {"body": "Words"},
    "POST /threads/{id:id}/title": {"title": "Another title"},
    "POST /threads/{id:id}/watch": {"level": "watch"},
    "POST /threads/{id:id}/read": {"ranges": "[[1,1]]"},
    "POST /posts/{id:id}/edit": {"body": "Other words", "version": "1"},
    "POST /posts/{id:id}/removal": {"reason": "Off topic"},
    "PATCH /api/v1/networks/{slug:slug}": {"purpose": "Another purpose"},
    "PATCH /api/v1/networks/{slug:slug}/members/{account_id:id}": {"role": "member"},
    "POST /api/v1/networks/{slug:slug}/invitations": {"emails": ["someone.new@example.org"]},
    "POST /api/v1/networks/{slug:slug}/threads": {"title": "A title", "body": "Words"},
    "PATCH /api/v1/threads/{id:id}": {"title": "Another title"},
    "PUT /api/v1/threads/{id:id}/read": {"ranges": [[1, 1]]},
    "PUT /api/v1/threads/{id:id}/watch": {"level": "watch"},
    "POST /api/v1/threads/{id:id}/posts": {"body": "Words"},
    "PATCH /api/v1/posts/{id:id}": {"body": "Other words"},
    "POST /api/v1/posts/{id:id}/removal": {"reason": "Off topic"},
}
"""Valid words for what can't be sent empty."""
