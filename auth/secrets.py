"""Secrets that we hand out: what the other side keeps, and the hash that we keep of it; and seals."""

import hashlib
import hmac
import secrets

#: As text: 43 characters of URL-safe Base64, which hold 32 random bytes.
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret that nobody can guess, fit for cookies, headers and addresses."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """What the database keeps. A plain SHA-256 is enough for 256 random bits, and is quick on every request."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def seal_of(key: bytes, purpose: str, *said: str) -> bytes:
    """32 bytes that nobody can make who has not the site's key: for this purpose, and for what is said, alone.

    Compare what comes back by `hmac.compare_digest`. Parts that may hold spaces stand last.
    """
    return hmac.new(key, " ".join((purpose, *said)).encode(), hashlib.sha256).digest()
