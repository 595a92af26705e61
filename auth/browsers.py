"""The cookie that says "this account signed in with this browser before".

Such a browser is not slowed when somebody elsewhere tries passwords on the account. The cookie opens nothing by
itself. It holds no ids either: a shared computer does not tell who used it; whether it knows an account can
only be found by asking about that account. A change of password makes every browser a stranger again.
"""

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta

#: After so long without signing in a browser is a stranger.
LIFETIME = timedelta(days=180)
#: People of a shared computer; the one who signed in longest ago is forgotten first.
MOST_MARKS = 8

_MARK = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{43})\Z")
_SEPARATOR = "~"


def remember_browser(
    cookie: str | None, secret_key: bytes, account_id: str, password_version: int, moment: datetime
) -> str:
    """The cookie's new value once this account signed in with the browser."""
    known = known_browser(cookie, secret_key, account_id, password_version, moment)
    others = [mark for mark in _marks(cookie) if mark != known]
    issued = int(moment.timestamp())
    mark = f"{issued}.{_seal(secret_key, account_id, password_version, issued)}"
    return _SEPARATOR.join([mark, *others][:MOST_MARKS])


def known_browser(
    cookie: str | None, secret_key: bytes, account_id: str, password_version: int, moment: datetime
) -> str | None:
    """The mark by which the browser knows this account, to count its own attempts by; None for a stranger."""
    for mark in _marks(cookie):
        issued, _, seal = mark.partition(".")
        age = moment.timestamp() - int(issued)
        expected = _seal(secret_key, account_id, password_version, int(issued))
        if hmac.compare_digest(seal, expected) and 0 <= age <= LIFETIME.total_seconds():
            return mark
    return None


def _marks(cookie: str | None) -> list[str]:
    """The well-formed marks in a cookie's value, at most MOST_MARKS."""
    parts = (cookie or "")[:1_000].split(_SEPARATOR)
    return [part for part in parts if _MARK.match(part)][:MOST_MARKS]


def _seal(secret_key: bytes, account_id: str, password_version: int, issued: int) -> str:
    message = f"known browser|{account_id}|{password_version}|{issued}".encode()
    digest = hmac.new(secret_key, message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
