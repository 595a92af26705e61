"""Secrets are long, differ, and are kept only as a hash."""

import hashlib
import hmac

from auth.secrets import new_secret, seal_of, secret_hash


def test_secrets_hold_32_random_bytes() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert {len(secret) for secret in made} == {43}


def test_the_hash_is_sha256_and_takes_any_text() -> None:
    assert secret_hash("abc") == hashlib.sha256(b"abc").hexdigest()
    assert len(secret_hash("\ud800 \x00 ü")) == 64


def test_a_seal_is_for_one_key_one_purpose_and_what_is_said() -> None:
    seals = {
        seal_of(b"one", "joining", "a"),
        seal_of(b"two", "joining", "a"),
        seal_of(b"one", "invitation", "a"),
        seal_of(b"one", "joining", "b"),
        seal_of(b"one", "joining", "a", "b"),
    }
    assert len(seals) == 5
    # Links that are in people's mail already go on to be good: the words under a seal stay as they were.
    assert seal_of(b"k", "invitation", "7") == hmac.new(b"k", b"invitation 7", hashlib.sha256).digest()
