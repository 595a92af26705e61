"""Passwords: Argon2id off the event loop, two at a time, and as long for nobody as for somebody.

Each hash takes 64 MiB and about a tenth of a second of a core: more than two at once would take
the memory and the time of everybody who is reading.
"""

import asyncio
import base64
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from auth.guessing import MIN_PIECES, pieces, words_of

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128

_AT_ONCE = 2
_MAX_WAITING = 64
_T = TypeVar("_T")


class PasswordsBusy(Exception):
    """More passwords wait than a few seconds can check: answer 503 with Retry-After."""

    retry_after = 5


class Passwords:
    """Hashes and verifies. One for each process, closed at its end.

    `memory_kib`, `rounds` and `lanes` are Argon2's own cost parameters; only tests change them.
    """

    def __init__(self, *, memory_kib: int = 65_536, rounds: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(
            time_cost=rounds, memory_cost=memory_kib, parallelism=lanes, hash_len=32, salt_len=16, type=Type.ID
        )
        self._threads = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="password")
        self._waiting = 0
        self._nobody = _hash_of_nobody(memory_kib, rounds, lanes)

    async def hash(self, password: str) -> str:
        """The encoded hash of a password that `check_password` accepted. Raises PasswordsBusy."""
        return await self._run(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password fits. With None (no such account, or unclaimed) it takes as long and is False.

        Raises PasswordsBusy.
        """
        if len(password) > 4 * LONGEST_PASSWORD:  # never accepted when set, so it tells nothing about an account
            return False
        fits = await self._run(lambda: self._fits(password, password_hash or self._nobody))
        return fits and password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's; hash again when its owner signs in."""
        return self._hasher.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the threads end; what they are at is finished first."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _fits(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], _T]) -> _T:
        if self._waiting >= _MAX_WAITING:
            raise PasswordsBusy("Too many people are signing in at this moment. Try again in a few seconds.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def check_password(password: str, email: str, name: str) -> None:
    """Refuse what a guesser tries first; say in a ValueError what to do. No rules of composition.

    `email` and `name` may be empty where they are not known.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST_PASSWORD:
        raise ValueError(
            f"Your password needs at least {SHORTEST_PASSWORD} characters. Four or five words make a good one."
        )
    if len(plain) > LONGEST_PASSWORD:
        raise ValueError(f"Your password has more than {LONGEST_PASSWORD} characters. Take a shorter one.")
    own = words_of(email) | words_of(name)
    if plain.strip().casefold() in {_normal(email).casefold(), _normal(name).casefold()}:
        raise ValueError("Your password must not be your e-mail address or your name.")
    if pieces(plain) < MIN_PIECES:
        raise ValueError(
            "This password is among the first that are tried. Take four or five words that don't belong together."
        )
    if pieces(plain, own) < MIN_PIECES:
        raise ValueError(
            "This password is little more than your own name or address. Take words that others can't guess."
        )


def _normal(password: str) -> str:
    """One form for the same password typed on different keyboards (NFKC, as NIST SP 800-63B asks)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _hash_of_nobody(memory_kib: int, rounds: int, lanes: int) -> str:
    """A hash that no password fits, of the same cost; made of random bytes, so it costs nothing to make."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
    return f"$argon2id$v=19$m={memory_kib},t={rounds},p={lanes}${salt}${digest}"
