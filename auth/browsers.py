"""What a browser is known by: the cookie that says "this account signed in with this browser before".

Such a browser is not slowed when somebody elsewhere tries passwords on the account. The cookie opens nothing by
itself. It holds no ids either: a shared computer does not tell who used it; whether it knows an account can
only be found by asking about that account. A change of password makes every browser a stranger again.

And the cookie that says "the password of this new account was typed here": who reads the mail in any other browser
may be another person than the one who typed it.
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
#: For so long a browser is taken for the one that registered; afterwards somebody else may sit before it.
REGISTRATION_LIFETIME = timedelta(hours=12)

_MARK = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{43})\Z")
_ENCODED = re.compile(r"[A-Za-z0-9_-]+\Z")
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


def mark_registration(secret_key: bytes, email_key: str, password_hash: str, name: str) -> str:
    """The cookie for the browser in which this address was registered with this name and the password of this hash.

    The same in shape whether or not an account was made of it, so that it tells nobody anything. The name is in it
    because an account that waits for its owner has another until they have proved that it is theirs.
    """
    proof = _registration_seal(secret_key, "registered", password_hash, email_key)
    return ".".join((proof, _registration_seal(secret_key, "called", name, email_key), _encoded(name.encode())))


def has_registered(cookie: str | None, secret_key: bytes, email_key: str, password_hash: str) -> bool:
    """Whether the password that the account of this address still has was typed in this browser."""
    expected = _registration_seal(secret_key, "registered", password_hash, email_key)
    proof = (cookie or "").partition(".")[0]
    return proof.isascii() and hmac.compare_digest(proof, expected)


def registered_name(cookie: str | None, secret_key: bytes, email_key: str) -> str:
    """The name that was typed in this browser along with this address; empty where none was."""
    parts = (cookie or "")[:1_000].split(".")
    if len(parts) != 3 or not all(_ENCODED.match(part) for part in parts):
        return ""
    try:
        name = base64.urlsafe_b64decode(parts[2] + "=" * (-len(parts[2]) % 4)).decode()
    except ValueError:
        return ""
    expected = _registration_seal(secret_key, "called", name, email_key)
    return name if hmac.compare_digest(parts[1], expected) else ""


def _registration_seal(secret_key: bytes, purpose: str, what: str, email_key: str) -> str:
    return _encoded(hmac.new(secret_key, f"{purpose}|{what}|{email_key}".encode(), hashlib.sha256).digest())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _seal(secret_key: bytes, account_id: str, password_version: int, issued: int) -> str:
    message = f"known browser|{account_id}|{password_version}|{issued}".encode()
    return _encoded(hmac.new(secret_key, message, hashlib.sha256).digest())
