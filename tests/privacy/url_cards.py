"""The addresses of what a network has found to work: `member` made the card, and `fellow` says that they use it."""

from tests.privacy.url_rows import MEMBERS_DO, READ, REPORT, Row, act, form

_KNOWLEDGE, _CARDS, _CARD = "/networks/{slug:slug}/knowledge", "/networks/{slug:slug}/cards", "/cards/{card_id:id}"
_OWNER_DOES = act("403 ok ok ok")
_OWNER_SEES = form("403 200 200 200")
# Its owner alone; who looks after it need not say that they use it; and nobody has hidden what it was made of.
_CONFIRM, _OTHERS_DO, _NOT_NOW = act("403 ok 403 403"), act("ok 403 ok ok"), act("403 403 403 403")

CARD_TABLE: dict[str, Row] = {
    f"GET {_KNOWLEDGE}": READ,
    f"POST {_KNOWLEDGE}": MEMBERS_DO,
    f"GET {_KNOWLEDGE}/new": form("200 200 200 200"),
    f"GET {_CARD}": READ,
    f"GET {_CARD}/edit": _OWNER_SEES,
    f"POST {_CARD}/edit": _OWNER_DOES,
    f"GET {_CARD}/wordings/{{number:int}}": READ,
    f"POST {_CARD}/confirmation": _CONFIRM,
    f"POST {_CARD}/clearance": _NOT_NOW,
    f"GET {_CARD}/removal": _OWNER_SEES,
    f"POST {_CARD}/removal": _OWNER_DOES,
    f"POST {_CARD}/restoration": _OWNER_DOES,
    f"POST {_CARD}/uses": _OTHERS_DO,
    f"POST {_CARD}/uses/{{use_id:id}}/end": _OTHERS_DO,
    f"GET {_CARD}/report": Row("404 404 404 404 200 403 200 200", open="200 200 200 200 200 403 200 200"),
    f"POST {_CARD}/report": REPORT,
    f"POST /api/v1{_CARD}/reports": REPORT,
    f"GET /api/v1{_CARDS}": READ,
    f"POST /api/v1{_CARDS}": MEMBERS_DO,
    f"GET /api/v1{_CARD}": READ,
    f"PATCH /api/v1{_CARD}": _OWNER_DOES,
    f"DELETE /api/v1{_CARD}": _OWNER_DOES,
    f"POST /api/v1{_CARD}/restoration": _OWNER_DOES,
    f"POST /api/v1{_CARD}/confirmation": _CONFIRM,
    f"POST /api/v1{_CARD}/clearance": _NOT_NOW,
    f"GET /api/v1{_CARD}/wordings": READ,
    f"GET /api/v1{_CARD}/uses": READ,
    f"POST /api/v1{_CARD}/uses": _OTHERS_DO,
    f"GET /api/v1{_CARD}/uses/{{use_id:id}}": READ,
    f"DELETE /api/v1{_CARD}/uses/{{use_id:id}}": _OTHERS_DO,
}
_WORDS: dict[str, object] = {"title": "A title", "problem": "A problem", "done": "What was done"}
CARD_BODIES: dict[str, dict[str, object]] = {
    f"POST {_KNOWLEDGE}": _WORDS,
    f"POST /api/v1{_CARDS}": _WORDS,
    f"POST {_CARD}/edit": {**_WORDS, "title": "Another title"},
    f"PATCH /api/v1{_CARD}": {"title": "Another title"},
    f"POST {_CARD}/confirmation": {},
    f"POST /api/v1{_CARD}/confirmation": {},
    f"POST {_CARD}/removal": {"reason": "Out of date"},
    f"DELETE /api/v1{_CARD}": {"reason": "Out of date"},
    f"POST {_CARD}/report": {"rule": "other", "words": "Look at this"},
    f"POST /api/v1{_CARD}/reports": {"rule": "other", "words": "Look at this"},
    f"POST {_CARD}/uses": {"words": "On our ward"},
    f"POST /api/v1{_CARD}/uses": {"words": "On our ward"},
}
"""Valid words, as in `url_bodies`."""
