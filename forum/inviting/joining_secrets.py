"""The secret in a joining link's address: made from the link's id and the site's key, and kept nowhere."""

import base64
import binascii
import hmac
import uuid

from auth.secrets import seal_of

_SEAL_BYTES = 18
_ID_BYTES = 16


def joining_secret(key: bytes, link_id: str) -> str:
    """What the address of this link ends with: 46 letters, digits, dashes and underscores."""
    raw = uuid.UUID(link_id).bytes + seal_of(key, "joining", link_id)[:_SEAL_BYTES]
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def proven_link(key: bytes, secret: str) -> str | None:
    """The id of the link that has this secret; None where it is none of ours."""
    try:
        raw = base64.b64decode(secret + "=" * (-len(secret) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _ID_BYTES + _SEAL_BYTES:
        return None
    link_id = str(uuid.UUID(bytes=raw[:_ID_BYTES]))
    return link_id if hmac.compare_digest(joining_secret(key, link_id).encode(), secret.encode()) else None
