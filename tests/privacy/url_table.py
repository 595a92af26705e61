"""Every address and who gets what there: the permissions of Confer, as data.

The columns are kinds of visitor: somebody signed out, an outsider (every kind: who asked, was refused, left, was
removed, banned or suspended, or administers another network, must get the same), somebody invited, an administrator
of the site, a fellow member, the member who wrote what is asked for, a moderator, an administrator. What is asked for
lies in a closed network; `secret`, `unlisted` and `open` say what differs there. Requests that change something are
sent with the words of BODIES, so that nothing but the lack of a right can refuse them. Signed out, every act is 401
and every form leads to the sign-in page, whatever is behind it.

    200 303 …  exactly this status        ok  anything below 400
"""

from dataclasses import dataclass, replace

COLUMNS = (
    "signed_out",
    "outsider",
    "invited",
    "site_administrator",
    "fellow",
    "member",
    "moderator",
    "administrator",
)


@dataclass(frozen=True, slots=True)
class Row:
    """What each kind of visitor gets in a closed network, and where that differs in others."""

    closed: str
    secret: str = ""
    open: str = ""
    unlisted: str = ""

    def expected(self, access: str) -> dict[str, str]:
        """The code for each kind of visitor, in a network of this access."""
        special = {"closed": self.closed, "secret": self.secret, "open": self.open, "unlisted": self.unlisted}[access]
        return dict(zip(COLUMNS, (special or self.closed).split(), strict=True))


def everybody(code: str) -> Row:
    """The same for all."""
    return Row(" ".join([code] * len(COLUMNS)))


def account(code: str, signed_out: str) -> Row:
    """The same for all who are signed in."""
    return Row(" ".join([signed_out] + [code] * (len(COLUMNS) - 1)))


def act(codes: str) -> Row:
    """An act for some of the members; `codes` are theirs. Who reads an open network is told why they may not."""
    return Row(f"401 404 404 404 {codes}", open=f"401 403 403 403 {codes}")


def form(codes: str) -> Row:
    """The page with the form for an act."""
    return Row(f"303 404 404 404 {codes}", open=f"303 403 403 403 {codes}")


ALL = everybody("200")
NOWHERE = everybody("404")
OWN_PAGE = account("200", "303")
OWN_ACT = account("ok", "401")
READ = Row("404 404 404 404 200 200 200 200", open=ALL.closed)
FRONT = Row(ALL.closed, secret="404 404 200 200 200 200 200 200")
MEMBERS_DO = act("ok ok ok ok")
MODERATORS_DO = act("403 403 ok ok")
ADMINISTRATORS_DO = act("403 403 403 ok")
# Nobody can ask to join an open or a secret network: whoever is answered there has asked no more.
ANSWERING = replace(ADMINISTRATORS_DO, secret="401 404 404 404 403 403 403 409", open="401 403 403 403 403 403 403 409")

OVERSEERS_SEE = Row("303 403 403 200 403 403 403 403")
OVERSEERS_DO = Row("401 403 403 ok 403 403 403 403")
NO_REASON = "401 403 403 422 403 403 403 403"
# What waits for a moderator was written by `fellow`.
WITHDRAW = Row("401 404 404 404 ok 404 403 403")
HELD = Row("401 404 404 404 403 404 ok ok")
# One of the invitations, of which there are none in the open network.
WITH_INVITATION = Row("401 404 404 404 403 403 403 ok", open="401 403 403 403 403 403 403 404")

ADMINISTRATORS_SEE = form("403 403 403 200")
JOIN = Row("401 ok ok ok ok ok ok ok", secret="401 404 ok 404 ok ok ok ok")
LEAVE = Row("401 404 ok 404 ok ok ok 403", open="401 404 404 404 ok ok ok 403")
ADMINISTRATORS_ASK = Row("404 404 404 404 403 403 403 200", open="404 403 403 403 403 403 403 200")
TOLD = Row("404 404 404 404 200 200 200 200", open="404 403 403 403 200 200 200 200")
COMPLETE = Row("303 404 404 404 200 200 200 200", open=OWN_PAGE.closed)
# Whoever reads a post may report it, and everybody who is signed in anybody whom they meet.
REPORT = Row("404 404 404 404 ok 403 ok ok", open="ok ok ok ok ok 403 ok ok")
REPORT_FORM = Row("303 404 404 404 200 200 200 200", open=OWN_PAGE.closed)
REPORT_PERSON = Row("401 404 404 404 ok ok ok ok", open=OWN_ACT.closed)
DECIDE = Row("401 404 404 404 404 404 ok ok")
# An act is nobody's business but that of whom it concerns and of the moderators, in open networks too.
UNDO = Row("401 404 404 404 404 403 ok ok")
APPEAL = Row("401 404 404 404 404 ok 403 403")
JUDGE = Row("401 404 404 404 404 403 403 ok")
OVERSEE = Row("303 403 403 200 403 403 403 403")

TABLE: dict[str, Row] = {
    # the site
    "GET /": ALL,
    "GET /about/{slug}": ALL,
    "GET /about/{slug}/edit": Row("303 403 403 200 403 403 403 403"),
    "POST /about/{slug}": Row("401 403 403 ok 403 403 403 403"),
    "GET /api": ALL,
    "GET /api/openapi.json": ALL,
    "GET /styleguide": NOWHERE,
    "GET /healthz": ALL,
    "GET /readyz": ALL,
    "GET /robots.txt": ALL,
    "GET /favicon.ico": everybody("302"),
    "GET /static/{name}": NOWHERE,
    "GET /site/accounts": Row("303 403 403 200 403 403 403 403"),
    "GET /site/accounts/{account_id:id}": Row("303 403 403 200 403 403 403 403"),
    "POST /site/accounts/{account_id:id}/suspension": Row("401 403 403 ok 403 403 403 403"),
    "POST /site/accounts/{account_id:id}/suspension/end": Row("401 403 403 ok 403 403 403 403"),
    # accounts
    "GET /settings": everybody("303"),
    "GET /settings/profile": OWN_PAGE,
    "GET /settings/password": OWN_PAGE,
    "GET /settings/email": OWN_PAGE,
    "GET /settings/sessions": OWN_PAGE,
    "GET /settings/tokens": OWN_PAGE,
    "GET /settings/notifications": OWN_PAGE,
    "POST /settings/notifications": OWN_ACT,
    "POST /settings/notifications/address": OWN_ACT,
    "GET /notifications": OWN_PAGE,
    "POST /notifications/reading": OWN_ACT,
    "POST /notifications/{id:id}/reading": account("404", "401"),
    "POST /notifications/{id:id}/reading/undo": account("404", "401"),
    "GET /unsubscribe/{secret}": NOWHERE,
    "POST /unsubscribe/{secret}": NOWHERE,
    "GET /api/v1/me/notifications": account("200", "401"),
    "PUT /api/v1/me/notifications/read": OWN_ACT,
    "PUT /api/v1/me/notifications/{id:id}/read": account("404", "401"),
    "GET /api/v1/me/notifications/settings": account("200", "401"),
    "PUT /api/v1/me/notifications/settings": OWN_ACT,
    "GET /settings/data": OWN_PAGE,
    "GET /settings/data/file": OWN_PAGE,
    "GET /settings/close": OWN_PAGE,
    "POST /settings/profile": OWN_ACT,
    "POST /settings/password": account("422", "401"),
    "POST /settings/email": account("422", "401"),
    "POST /settings/email/again": account("303", "401"),
    "POST /settings/email/cancel": account("303", "401"),
    "POST /settings/tokens": OWN_ACT,
    "POST /settings/close": account("422", "401"),
    "POST /settings/tokens/{id:id}/revocation": account("404", "401"),
    "POST /settings/sessions/{id:id}/ending": account("404", "401"),
    "POST /settings/sessions/ending": OWN_ACT,
    "GET /api/v1/me": account("200", "401"),
    "PATCH /api/v1/me": OWN_ACT,
    "GET /register": account("303", "200"),
    "POST /register": everybody("422"),
    "GET /register/sent": ALL,
    "GET /register/again": ALL,
    "POST /register/again": everybody("422"),
    "GET /verify/{secret}": NOWHERE,
    "POST /verify/{secret}": NOWHERE,
    "GET /set-up/{secret}": NOWHERE,
    "POST /set-up/{secret}": NOWHERE,
    "GET /sign-in": account("303", "200"),
    "POST /sign-in": everybody("422"),
    "GET /sign-out": account("200", "303"),
    "GET /forgotten": ALL,
    "POST /forgotten": everybody("422"),
    "GET /forgotten/sent": ALL,
    "GET /reset/{secret}": NOWHERE,
    "POST /reset/{secret}": NOWHERE,
    "POST /api/v1/accounts": everybody("422"),
    "POST /api/v1/tokens": everybody("422"),
    # networks; what is done with a member stands in the order in which it can be done with one
    "GET /networks": ALL,
    "POST /networks": OWN_ACT,
    "GET /networks/new": OWN_PAGE,
    "GET /networks/{slug:slug}": FRONT,
    "GET /networks/{slug:slug}/about": READ,
    "GET /networks/{slug:slug}/members": Row("404 404 404 404 200 200 200 200", open=OWN_PAGE.closed),
    "GET /networks/{slug:slug}/members/{account_id:id}": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/members/{account_id:id}/silence": MODERATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/silence/end": MODERATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/hold": MODERATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/hold/end": MODERATORS_DO,
    "PUT /api/v1/networks/{slug:slug}/members/{account_id:id}/silence": MODERATORS_DO,
    "DELETE /api/v1/networks/{slug:slug}/members/{account_id:id}/silence": MODERATORS_DO,
    "PUT /api/v1/networks/{slug:slug}/members/{account_id:id}/hold": MODERATORS_DO,
    "DELETE /api/v1/networks/{slug:slug}/members/{account_id:id}/hold": MODERATORS_DO,
    "PATCH /api/v1/networks/{slug:slug}/members/{account_id:id}": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/role": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/members/{account_id:id}/removal": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/members/{account_id:id}/removal": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/members/{account_id:id}/ban": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/members/{account_id:id}/ban": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/members/{account_id:id}/ban/end": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/membership": JOIN,
    "GET /networks/{slug:slug}/departure": form("200 200 200 200"),
    "GET /networks/{slug:slug}/requests": form("403 403 200 200"),
    "POST /networks/{slug:slug}/requests": ANSWERING,
    "POST /networks/{slug:slug}/members/file": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/organisations": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/organisations": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/organisations/suggestions": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/organisations/{organisation_id:id}": form("403 403 403 404"),
    "POST /networks/{slug:slug}/organisations/{organisation_id:id}": act("403 403 403 404"),
    "POST /networks/{slug:slug}/organisations/{organisation_id:id}/removal": act("403 403 403 404"),
    "GET /networks/{slug:slug}/invitations": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/invitations": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/invitations/new": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/invitations/new": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/invitations/reminders": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/invitations/{invitation_id:id}/sending": WITH_INVITATION,
    "POST /api/v1/networks/{slug:slug}/invitations/{invitation_id:id}/sending": WITH_INVITATION,
    "POST /networks/{slug:slug}/invitations/{invitation_id:id}/reminder": WITH_INVITATION,
    "POST /api/v1/networks/{slug:slug}/invitations/{invitation_id:id}/reminder": WITH_INVITATION,
    "POST /networks/{slug:slug}/invitations/{invitation_id:id}/withdrawal": Row(
        "401 404 404 404 403 403 403 ok", open="401 403 403 403 403 403 403 404"
    ),
    "DELETE /api/v1/networks/{slug:slug}/invitations/{invitation_id:id}": WITH_INVITATION,
    "GET /networks/{slug:slug}/joining-link": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/joining-link": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/joining-link/reset": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/joining-link/ending": ADMINISTRATORS_DO,
    # made before it is read, in the order in which each can be done
    "PUT /api/v1/networks/{slug:slug}/joining-link": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/joining-link": act("403 403 403 ok"),
    "POST /api/v1/networks/{slug:slug}/joining-link/reset": ADMINISTRATORS_DO,
    "DELETE /api/v1/networks/{slug:slug}/joining-link": ADMINISTRATORS_DO,
    "GET /api/v1/joining-links/{secret}": NOWHERE,
    "POST /api/v1/joining-links/{secret}/uses": account("404", "401"),
    "GET /join/{secret}": NOWHERE,
    "POST /join/{secret}": account("404", "401"),
    "POST /join/{secret}/withdrawal": account("404", "401"),
    "GET /invitations/{secret}": NOWHERE,
    "POST /invitations/{secret}/acceptance": account("404", "401"),
    "POST /invitations/{secret}/refusal": NOWHERE,
    "GET /networks/{slug:slug}/settings": ADMINISTRATORS_SEE,
    "GET /networks/{slug:slug}/settings/look": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/settings/look": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/access": ADMINISTRATORS_SEE,
    "GET /networks/{slug:slug}/mail": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/mail": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/access": act("403 403 403 422"),  # it is of that kind already
    "GET /networks/{slug:slug}/seen": ADMINISTRATORS_SEE,
    "GET /networks/{slug:slug}/numbers": ADMINISTRATORS_SEE,
    "GET /networks/{slug:slug}/numbers/file": ADMINISTRATORS_SEE,
    "GET /networks/{slug:slug}/archive": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/archive": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/deletion": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/deletion": act("403 403 403 422"),  # its name is not typed
    "POST /networks/{slug:slug}/deletion/undo": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/announcements": form("200 200 200 200"),
    "POST /networks/{slug:slug}/announcements": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/announcements/limit": ADMINISTRATORS_DO,
    "POST /networks/{slug:slug}/announcements/{announcement_id:id}/reading": MEMBERS_DO,
    "GET /people/{account_id:id}": account("200", "404"),
    # the log, who could see what, and broken glass
    "GET /networks/{slug:slug}/log": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/log/export": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/audience": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/audience/export": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/log": ADMINISTRATORS_DO,
    # Without a thread and a moment.
    "GET /api/v1/networks/{slug:slug}/audience": everybody("422"),
    "GET /api/v1/site/log": OVERSEERS_DO,
    "GET /api/v1/site/networks": OVERSEERS_DO,
    "GET /site/log": OVERSEERS_SEE,
    "POST /site/log/export": OVERSEERS_DO,
    "GET /site/networks": OVERSEERS_SEE,
    "GET /site/networks/{slug:slug}/glass": OVERSEERS_SEE,
    # Without a reason, so that nothing is broken here: what broken glass shows stands in `audit_log/test_glass`.
    "POST /site/networks/{slug:slug}/glass": replace(OVERSEERS_DO, closed=NO_REASON, open=NO_REASON),
    "POST /site/networks/{slug:slug}/glass/end": OVERSEERS_DO,
    "PUT /api/v1/networks/{slug:slug}/glass": replace(OVERSEERS_DO, closed=NO_REASON, open=NO_REASON),
    "DELETE /api/v1/networks/{slug:slug}/glass": OVERSEERS_DO,
    # access reviews; that of the address is of no network here, and the question was put to nobody
    "GET /networks/{slug:slug}/reviews": ADMINISTRATORS_SEE,
    "POST /networks/{slug:slug}/reviews": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/reviews/{review_id:id}": form("403 403 403 404"),
    "POST /networks/{slug:slug}/reviews/{review_id:id}/decisions": act("403 403 403 404"),
    "POST /networks/{slug:slug}/reviews/{review_id:id}/decisions/{decision_id:id}/undo": act("403 403 403 404"),
    "POST /networks/{slug:slug}/reviews/{review_id:id}/endings": act("403 403 403 404"),
    "POST /networks/{slug:slug}/reviews/{review_id:id}/signature": act("403 403 403 404"),
    "GET /access/{decision_id:id}": account("404", "303"),
    "POST /access/{decision_id:id}": account("404", "401"),
    "GET /api/v1/networks/{slug:slug}/reviews": ADMINISTRATORS_DO,
    "POST /api/v1/networks/{slug:slug}/reviews": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/reviews/{review_id:id}": act("403 403 403 404"),
    "POST /api/v1/networks/{slug:slug}/reviews/{review_id:id}/decisions": act("403 403 403 404"),
    "DELETE /api/v1/networks/{slug:slug}/reviews/{review_id:id}/decisions/{decision_id:id}": act("403 403 403 404"),
    "POST /api/v1/networks/{slug:slug}/reviews/{review_id:id}/endings": act("403 403 403 404"),
    "POST /api/v1/networks/{slug:slug}/reviews/{review_id:id}/signature": act("403 403 403 404"),
    "PUT /api/v1/access/{decision_id:id}": account("404", "401"),
    # threads and posts, as pages
    "POST /networks/{slug:slug}/reading": MEMBERS_DO,
    "GET /networks/{slug:slug}/threads/new": form("200 200 200 200"),
    "POST /networks/{slug:slug}/threads": MEMBERS_DO,
    "GET /networks/{slug:slug}/threads/people": COMPLETE,
    "GET /threads/{id:id}": READ,
    "GET /threads/{id:id}/people": COMPLETE,
    "POST /threads/{id:id}/posts": MEMBERS_DO,
    "POST /threads/{id:id}/pin": MODERATORS_DO,
    "POST /threads/{id:id}/closure": MODERATORS_DO,
    "GET /threads/{id:id}/title": form("403 200 200 200"),
    "POST /threads/{id:id}/title": act("403 ok ok ok"),
    "GET /threads/{id:id}/pace": form("403 403 200 200"),
    "POST /threads/{id:id}/pace": MODERATORS_DO,
    "GET /threads/{id:id}/move": form("403 403 200 200"),
    "POST /threads/{id:id}/move": act("403 403 422 422"),  # it is in this network already
    "POST /threads/{id:id}/watch": MEMBERS_DO,
    "POST /threads/{id:id}/read": MEMBERS_DO,
    "GET /posts/{id:id}": Row("404 404 404 404 303 303 303 303", open=everybody("303").closed),
    "GET /posts/{id:id}/actions": READ,
    "GET /posts/{id:id}/source": READ,
    "GET /posts/{id:id}/versions": READ,
    "GET /posts/{id:id}/edit": form("403 200 403 403"),
    "POST /posts/{id:id}/edit": act("403 ok 403 403"),
    "GET /posts/{id:id}/removal": form("403 200 200 200"),
    "POST /posts/{id:id}/removal": act("403 ok ok ok"),
    "POST /preview": OWN_ACT,
    # reports and acts of moderation; what is reported is no post of the reporter's
    "GET /posts/{id:id}/report": Row("404 404 404 404 200 403 200 200", open="200 200 200 200 200 403 200 200"),
    "POST /posts/{id:id}/report": REPORT,
    "GET /networks/{slug:slug}/people/{account_id:id}/report": REPORT_FORM,
    "POST /networks/{slug:slug}/people/{account_id:id}/report": REPORT_PERSON,
    "GET /reports": OWN_PAGE,
    "GET /reports/receipt/{secret}": NOWHERE,
    "GET /networks/{slug:slug}/reports": form("403 403 200 200"),
    "GET /networks/{slug:slug}/reports/{case_id:id}": form("403 403 200 200"),
    "POST /networks/{slug:slug}/reports/{case_id:id}/lease": MODERATORS_DO,
    "POST /networks/{slug:slug}/reports/{case_id:id}/decision": MODERATORS_DO,
    "GET /posts/{id:id}/hiding": form("403 403 200 200"),
    "POST /posts/{id:id}/hiding": MODERATORS_DO,
    "GET /posts/{id:id}/act": account("404", "303"),
    "GET /networks/{slug:slug}/people/{account_id:id}/warning": form("403 403 200 200"),
    "POST /networks/{slug:slug}/people/{account_id:id}/warning": MODERATORS_DO,
    "GET /acts/{act_id:id}": Row("303 404 404 404 404 200 200 200"),
    "POST /acts/{act_id:id}/undo": UNDO,
    "POST /acts/{act_id:id}/appeal": APPEAL,
    "POST /acts/{act_id:id}/answer": JUDGE,
    "GET /site/appeals": OVERSEE,
    "GET /site/erasing": OVERSEE,
    "POST /site/erasing": Row("401 403 403 ok 403 403 403 403"),
    # what waits for a moderator
    "GET /networks/{slug:slug}/held": form("403 403 200 200"),
    "GET /networks/{slug:slug}/held/{held_id:id}": Row("303 404 404 404 200 404 200 200"),
    "POST /networks/{slug:slug}/held/{held_id:id}/approval": HELD,
    "POST /networks/{slug:slug}/held/{held_id:id}/rejection": HELD,
    "POST /networks/{slug:slug}/held/{held_id:id}/withdrawal": WITHDRAW,
    "GET /networks/{slug:slug}/writing": form("403 403 200 200"),
    "POST /networks/{slug:slug}/writing": ADMINISTRATORS_DO,
    "GET /networks/{slug:slug}/members/{account_id:id}/writing": form("403 403 200 200"),
    # the API
    "GET /api/v1/networks": ALL,
    "POST /api/v1/networks": OWN_ACT,
    "GET /api/v1/networks/{slug:slug}": FRONT,
    "PATCH /api/v1/networks/{slug:slug}": Row(
        "401 403 403 403 403 403 403 ok", secret="401 404 403 403 403 403 403 ok"
    ),
    "PUT /api/v1/networks/{slug:slug}/members/me": JOIN,
    "GET /api/v1/networks/{slug:slug}/members": Row(READ.closed, open=account("200", "404").closed),
    "GET /api/v1/networks/{slug:slug}/invitations": Row(
        "401 404 404 404 403 403 403 200", open="401 403 403 403 403 403 403 200"
    ),
    "GET /api/v1/networks/{slug:slug}/organisations": ADMINISTRATORS_DO,
    "POST /api/v1/networks/{slug:slug}/organisations": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/organisations/{organisation_id:id}": act("403 403 403 404"),
    "PATCH /api/v1/networks/{slug:slug}/organisations/{organisation_id:id}": act("403 403 403 404"),
    "DELETE /api/v1/networks/{slug:slug}/organisations/{organisation_id:id}": act("403 403 403 404"),
    "GET /api/v1/networks/{slug:slug}/people": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/members/{account_id:id}/history": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/members/{account_id:id}/holdings": ADMINISTRATORS_DO,
    "POST /api/v1/networks/{slug:slug}/invitations": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/seen": ADMINISTRATORS_ASK,
    "GET /api/v1/networks/{slug:slug}/numbers": ADMINISTRATORS_ASK,
    "PUT /api/v1/networks/{slug:slug}/archive": ADMINISTRATORS_DO,
    "DELETE /api/v1/networks/{slug:slug}/archive": ADMINISTRATORS_DO,
    "PUT /api/v1/networks/{slug:slug}/deletion": act("403 403 403 422"),  # its name is not typed
    "DELETE /api/v1/networks/{slug:slug}/deletion": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/announcements": TOLD,
    "GET /api/v1/networks/{slug:slug}/announcements/{announcement_id:id}": TOLD,
    "POST /api/v1/networks/{slug:slug}/announcements": ADMINISTRATORS_DO,
    "PATCH /api/v1/networks/{slug:slug}/announcements": ADMINISTRATORS_DO,
    "PUT /api/v1/networks/{slug:slug}/announcements/{announcement_id:id}/read": MEMBERS_DO,
    "POST /api/v1/networks/{slug:slug}/invitations/reminders": ADMINISTRATORS_DO,
    "GET /api/v1/networks/{slug:slug}/threads": READ,
    "POST /api/v1/networks/{slug:slug}/threads": MEMBERS_DO,
    "GET /api/v1/networks/{slug:slug}/events": READ,
    "GET /api/v1/threads/{id:id}": READ,
    "PATCH /api/v1/threads/{id:id}": act("403 ok ok ok"),
    "POST /api/v1/threads/{id:id}/move": act("403 403 422 422"),
    "GET /api/v1/networks/{slug:slug}/held": act("403 403 200 200"),
    "GET /api/v1/networks/{slug:slug}/held/{held_id:id}": Row("401 404 404 404 200 404 200 200"),
    "POST /api/v1/networks/{slug:slug}/held/{held_id:id}/approval": HELD,
    "POST /api/v1/networks/{slug:slug}/held/{held_id:id}/rejection": HELD,
    "DELETE /api/v1/networks/{slug:slug}/held/{held_id:id}": WITHDRAW,
    "PUT /api/v1/threads/{id:id}/read": MEMBERS_DO,
    "PUT /api/v1/threads/{id:id}/watch": MEMBERS_DO,
    "GET /api/v1/threads/{id:id}/posts": READ,
    "POST /api/v1/threads/{id:id}/posts": MEMBERS_DO,
    "GET /api/v1/posts/{id:id}": READ,
    "PATCH /api/v1/posts/{id:id}": act("403 ok 403 403"),
    "DELETE /api/v1/posts/{id:id}": act("403 ok 403 403"),
    "POST /api/v1/posts/{id:id}/removal": act("403 ok ok ok"),
    "POST /api/v1/posts/{id:id}/reports": REPORT,
    "POST /api/v1/posts/{id:id}/hiding": MODERATORS_DO,
    "POST /api/v1/posts/{id:id}/erasure": Row("401 404 404 ok 403 403 403 403", open="401 403 403 ok 403 403 403 403"),
    "POST /api/v1/networks/{slug:slug}/members/{account_id:id}/reports": REPORT_PERSON,
    "POST /api/v1/networks/{slug:slug}/members/{account_id:id}/warnings": MODERATORS_DO,
    "GET /api/v1/networks/{slug:slug}/reports": Row(
        "404 404 404 404 403 403 200 200", open="404 403 403 403 403 403 200 200"
    ),
    "GET /api/v1/me/reports": account("200", "401"),
    "GET /api/v1/reports/{case_id:id}": Row("404 404 404 404 404 404 200 200"),
    "PUT /api/v1/reports/{case_id:id}/lease": DECIDE,
    "POST /api/v1/reports/{case_id:id}/decision": DECIDE,
    "GET /api/v1/acts/{act_id:id}": Row("404 404 404 404 404 200 200 200"),
    "POST /api/v1/acts/{act_id:id}/undo": UNDO,
    "POST /api/v1/acts/{act_id:id}/appeal": APPEAL,
    "POST /api/v1/acts/{act_id:id}/answer": JUDGE,
    # what ends the visitor's own standing: tried after everything else
    "POST /networks/{slug:slug}/departure": LEAVE,
    "DELETE /api/v1/networks/{slug:slug}/members/me": LEAVE,
    "POST /sign-out": everybody("ok"),
    "DELETE /api/v1/tokens/current": OWN_ACT,
}
ENDINGS = tuple(TABLE)[-4:]

BODIES: dict[str, dict[str, object]] = {
    "POST /about/{slug}": {"body": "New words"},
    "POST /settings/profile": {"name": "Ada Of Another Name"},
    "POST /settings/tokens": {"label": "A script"},
    "POST /settings/notifications": {"mail": "never"},
    "POST /networks/{slug:slug}/mail": {"content": "yes"},
    "PUT /api/v1/me/notifications/settings": {"mail": "never"},
    "PATCH /api/v1/me": {"about": "A few lines"},
    "POST /networks": {"name": "Yet another place", "purpose": "For others", "access": "unlisted"},
    "POST /networks/{slug:slug}/members/{account_id:id}/role": {"role": "member"},
    "POST /networks/{slug:slug}/members/{account_id:id}/removal": {"reason": "They moved on"},
    "POST /networks/{slug:slug}/members/{account_id:id}/ban": {"reason": "They moved on"},
    "POST /networks/{slug:slug}/membership": {"words": "Let me in"},
    "POST /networks/{slug:slug}/requests": {"who-{requested}": "on", "answer": "refuse", "reason": "Not now"},
    "POST /networks/{slug:slug}/organisations": {"name": "A trust", "domains": "trust.example"},
    "POST /networks/{slug:slug}/organisations/suggestions": {"take-other.example": "on", "name-other.example": "Other"},
    "POST /networks/{slug:slug}/organisations/{organisation_id:id}": {"name": "A trust", "domains": ""},
    "POST /networks/{slug:slug}/invitations": {"emails": "someone.new@example.org"},
    "POST /networks/{slug:slug}/settings/look": {"name": "{name}", "purpose": "Another purpose", "accent": "teal"},
    "PUT /api/v1/networks/{slug:slug}/joining-link": {"most_uses": 5},
    "POST /networks/{slug:slug}/invitations/new": {"emails": "someone.new@example.org"},
    "POST /networks/{slug:slug}/settings": {"name": "{name}", "purpose": "Another purpose", "accent": "teal"},
    "POST /networks/{slug:slug}/access": {"access": "{access}", "confirm": "{name}"},
    "POST /networks/{slug:slug}/log/export": {"form": "json"},
    "POST /networks/{slug:slug}/audience/export": {"thread": "1", "at": "2026-01-01T12:00"},
    "POST /site/log/export": {"form": "csv"},
    "POST /networks/{slug:slug}/reviews/{review_id:id}/decisions": {"about-{requested}": "keep"},
    "POST /api/v1/networks/{slug:slug}/reviews/{review_id:id}/decisions": {
        "items": [{"account_id": "01a222dd-9070-78fc-a611-c5728db58c98", "decision": "keep"}]
    },
    "POST /networks/{slug:slug}/archive": {"archived": "no"},
    "POST /networks/{slug:slug}/deletion": {"confirm": "Another name"},
    "POST /networks/{slug:slug}/announcements": {"title": "A title", "body": "Words"},
    "POST /networks/{slug:slug}/announcements/limit": {"weekly": "7"},
    "POST /networks/{slug:slug}/announcements/{announcement_id:id}/reading": {"back": "home"},
    "POST /networks/{slug:slug}/reading": {"position": "1"},
    "POST /networks/{slug:slug}/threads": {"title": "A title", "body": "Words"},
    "POST /threads/{id:id}/posts": {"body": "Words"},
    "POST /threads/{id:id}/pin": {"pinned": "yes"},
    "POST /threads/{id:id}/closure": {"locked": "yes"},
    "POST /threads/{id:id}/title": {"title": "Another title"},
    "POST /threads/{id:id}/watch": {"level": "watch"},
    "POST /threads/{id:id}/read": {"ranges": "1"},
    "POST /threads/{id:id}/pace": {"minutes": "0"},
    "POST /threads/{id:id}/move": {"network": "{slug}"},
    "POST /networks/{slug:slug}/held/{held_id:id}/rejection": {"reason": "Off topic"},
    "POST /networks/{slug:slug}/writing": {"hold_first": "0"},
    "POST /networks/{slug:slug}/members/{account_id:id}/silence": {"hours": "1", "reason": "Off topic"},
    "POST /networks/{slug:slug}/members/{account_id:id}/hold": {"why": "Off topic"},
    "POST /site/accounts/{account_id:id}/suspension": {"reason": "Off topic"},
    "POST /posts/{id:id}/edit": {"body": "Other words", "version": "1"},
    "POST /posts/{id:id}/removal": {"reason": "Off topic"},
    "POST /preview": {"body": "Words"},
    "POST /posts/{id:id}/report": {"rule": "other", "words": "Look at this"},
    "POST /networks/{slug:slug}/people/{account_id:id}/report": {"rule": "abuse"},
    "POST /networks/{slug:slug}/reports/{case_id:id}/decision": {"decision": "disagree"},
    "POST /posts/{id:id}/hiding": {"rule": "off_topic", "reason": "Not here"},
    "POST /networks/{slug:slug}/people/{account_id:id}/warning": {"reason": "Be kind"},
    "POST /acts/{act_id:id}/appeal": {"words": "Look again"},
    "POST /acts/{act_id:id}/answer": {"outcome": "overturned", "answer": "You are right"},
    "POST /site/erasing": {"post": "{post}", "reason": "A patient is named", "sure": "yes"},
    "POST /api/v1/posts/{id:id}/reports": {"rule": "other", "words": "Look at this"},
    "POST /api/v1/posts/{id:id}/hiding": {"rule": "off_topic", "reason": "Not here"},
    "POST /api/v1/posts/{id:id}/erasure": {"reason": "A patient is named"},
    "POST /api/v1/networks/{slug:slug}/members/{account_id:id}/reports": {"rule": "abuse"},
    "POST /api/v1/networks/{slug:slug}/members/{account_id:id}/warnings": {"reason": "Be kind"},
    "PUT /api/v1/reports/{case_id:id}/lease": {"taken": True},
    "POST /api/v1/reports/{case_id:id}/decision": {"decision": "disagree"},
    "POST /api/v1/acts/{act_id:id}/appeal": {"words": "Look again"},
    "POST /api/v1/acts/{act_id:id}/answer": {"outcome": "overturned", "answer": "You are right"},
    "POST /api/v1/networks": {"name": "Yet another place", "purpose": "For others", "access": "secret"},
    "PATCH /api/v1/networks/{slug:slug}": {"purpose": "Another purpose"},
    "PATCH /api/v1/networks/{slug:slug}/members/{account_id:id}": {"role": "moderator"},
    "POST /api/v1/networks/{slug:slug}/organisations": {"name": "A board", "domains": ["board.example"]},
    "PATCH /api/v1/networks/{slug:slug}/organisations/{organisation_id:id}": {"name": "A board"},
    "POST /api/v1/networks/{slug:slug}/invitations": {"emails": ["someone.new@example.org"]},
    "PUT /api/v1/networks/{slug:slug}/deletion": {"confirm": "Another name"},
    "PATCH /api/v1/networks/{slug:slug}/announcements": {"weekly": 7},
    "POST /api/v1/networks/{slug:slug}/announcements": {"title": "A title", "body": "Words"},
    "POST /api/v1/networks/{slug:slug}/threads": {"title": "A title", "body": "Words"},
    "PATCH /api/v1/threads/{id:id}": {"title": "Another title"},
    "POST /api/v1/threads/{id:id}/move": {"network": "{slug}"},
    "POST /api/v1/networks/{slug:slug}/held/{held_id:id}/rejection": {"reason": "Off topic"},
    "PUT /api/v1/networks/{slug:slug}/members/{account_id:id}/silence": {"hours": 1, "reason": "Off topic"},
    "PUT /api/v1/networks/{slug:slug}/members/{account_id:id}/hold": {"reason": "Off topic"},
    "PUT /api/v1/threads/{id:id}/read": {"ranges": [[1, 1]]},
    "PUT /api/v1/threads/{id:id}/watch": {"level": "watch"},
    "POST /api/v1/threads/{id:id}/posts": {"body": "Words"},
    "PATCH /api/v1/posts/{id:id}": {"body": "Other words"},
    "POST /api/v1/posts/{id:id}/removal": {"reason": "Off topic"},
}
"""Valid words for what can't be sent empty; `{…}` is filled in as addresses are."""
