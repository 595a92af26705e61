"""Secrets that we hand out: what the other side keeps, and the hash that we keep of it."""

import hashlib
import secrets

#: As text: 43 characters of URL-safe Base64, which hold 32 random bytes.
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret that nobody can guess, fit for cookies, headers and addresses."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_hash(secret: str) -> str:
    """What the database keeps. A plain SHA-256 is enough for 256 random bits, and is quick on every request."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
