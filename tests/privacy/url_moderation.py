"""The addresses of reports, acts and appeals; what is reported is no post of the reporter's."""

from tests.privacy.url_rows import (
    APPEAL,
    DECIDE,
    JUDGE,
    MODERATORS_DO,
    NOWHERE,
    OVERSEE,
    OWN_PAGE,
    REPORT,
    UNDO,
    Row,
    account,
    form,
)

MODERATION_PAGES: dict[str, Row] = {
    "GET /posts/{id:id}/report": Row("404 404 404 404 200 403 200 200", open="200 200 200 200 200 403 200 200"),
    "POST /posts/{id:id}/report": REPORT,
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
    "POST /acts/{act_id:id}/repeats": Row("401 404 404 404 404 403 404 404"),  # of a warning: it has hidden nothing
    "POST /acts/{act_id:id}/appeal": APPEAL,
    "POST /acts/{act_id:id}/answer": JUDGE,
    "GET /site/appeals": OVERSEE,
    # What somebody in its network can decide is not for who looks after the site.
    "GET /site/reports/{case_id:id}": Row("303 403 403 404 403 403 403 403"),
    **dict.fromkeys(
        ("POST /site/reports/{case_id:id}/lease", "POST /site/reports/{case_id:id}/decision"),
        Row("401 403 403 404 403 403 403 403"),
    ),
    "GET /site/erasing": OVERSEE,
    "POST /site/erasing": Row("401 403 403 ok 403 403 403 403"),
}

MODERATION_API: dict[str, Row] = {
    "GET /api/v1/networks/{slug:slug}/reports": Row(
        "404 404 404 404 403 403 200 200", open="404 403 403 403 403 403 200 200"
    ),
    "GET /api/v1/me/reports": account("200", "401"),
    "GET /api/v1/reports/{case_id:id}": Row("404 404 404 404 404 404 200 200"),
    "PUT /api/v1/reports/{case_id:id}/lease": DECIDE,
    "POST /api/v1/reports/{case_id:id}/decision": DECIDE,
    "POST /api/v1/acts/{act_id:id}/repeats": Row("401 404 404 404 404 403 404 404"),
    "GET /api/v1/acts/{act_id:id}": Row("404 404 404 404 404 200 200 200"),
    "POST /api/v1/acts/{act_id:id}/undo": UNDO,
    "POST /api/v1/acts/{act_id:id}/appeal": APPEAL,
    "POST /api/v1/acts/{act_id:id}/answer": JUDGE,
}
