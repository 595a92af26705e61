"""Secrets are long, differ, and are kept only as a hash."""

import hashlib

from auth.secrets import new_secret, secret_hash


def test_secrets_hold_32_random_bytes() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert {len(secret) for secret in made} == {43}


def test_the_hash_is_sha256_and_takes_any_text() -> None:
    assert secret_hash("abc") == hashlib.sha256(b"abc").hexdigest()
    assert len(secret_hash("\ud800 \x00 ü")) == 64
