"""Argon2id, two at a time, as long for nobody as for somebody."""

import asyncio
import time

import pytest

from auth.passwords import Passwords, PasswordsBusy, check_password


async def test_a_password_fits_its_own_hash_only(quick_passwords: Passwords) -> None:
    password_hash = await quick_passwords.hash("trout kettle moss ladder")
    assert password_hash.startswith("$argon2id$")
    assert await quick_passwords.verify("trout kettle moss ladder", password_hash)
    assert not await quick_passwords.verify("trout kettle moss ladde", password_hash)
    assert not await quick_passwords.verify("", password_hash)
    assert password_hash != await quick_passwords.hash("trout kettle moss ladder")


async def test_nobody_has_no_password(quick_passwords: Passwords) -> None:
    assert not await quick_passwords.verify("trout kettle moss ladder", None)
    assert not await quick_passwords.verify("", None)


async def test_one_password_typed_on_two_keyboards(quick_passwords: Passwords) -> None:
    password_hash = await quick_passwords.hash("zoë likes quiet rooms")
    assert await quick_passwords.verify("zoe\u0308 likes quiet rooms", password_hash)


@pytest.mark.parametrize("password", ["\x00" * 20, "\ud800" * 20, "x" * 100_000, "\U0001f642" * 40])
async def test_hostile_passwords_are_just_wrong(quick_passwords: Passwords, password: str) -> None:
    assert not await quick_passwords.verify(password, await quick_passwords.hash("trout kettle moss ladder"))
    assert not await quick_passwords.verify(password, None)


async def test_a_damaged_hash_fits_nothing(quick_passwords: Passwords) -> None:
    for damaged in ("", "!", "$argon2id$v=19$m=64,t=1,p=1$AAAA", "plain text"):
        assert not await quick_passwords.verify("trout kettle moss ladder", damaged)


async def test_a_weaker_hash_is_to_be_made_again(quick_passwords: Passwords) -> None:
    password_hash = await quick_passwords.hash("trout kettle moss ladder")
    assert not quick_passwords.needs_rehash(password_hash)
    stronger = Passwords(memory_kib=128, rounds=2, lanes=1)
    try:
        assert stronger.needs_rehash(password_hash)
        assert await stronger.verify("trout kettle moss ladder", password_hash)
    finally:
        stronger.close()


async def test_the_real_cost_is_64_mib(quick_passwords: Passwords) -> None:
    passwords = Passwords()
    try:
        assert "$m=65536,t=3,p=4$" in await passwords.hash("trout kettle moss ladder")
    finally:
        passwords.close()


async def test_known_and_unknown_accounts_take_the_same_time() -> None:
    """Interleaved, so that whatever else the machine does falls on both."""
    passwords = Passwords(memory_kib=16_384, rounds=2, lanes=1)
    try:
        known_hash = await passwords.hash("trout kettle moss ladder")
        times: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(60):
            known = turn % 2 == 0
            started = time.perf_counter()
            assert not await passwords.verify("not the password at all", known_hash if known else None)
            times[known].append(time.perf_counter() - started)
    finally:
        passwords.close()
    # The faster quarter of each: what the machine does beside makes single turns longer, and none shorter.
    known_takes, unknown_takes = (sorted(times[known])[len(times[known]) // 4] for known in (True, False))
    assert min(times[False]) > 0.005, "nobody's password must cost real work"
    assert abs(known_takes - unknown_takes) < 0.25 * known_takes


async def test_the_loop_goes_on_and_the_queue_is_bounded() -> None:
    passwords = Passwords(memory_kib=8_192, rounds=1, lanes=1)
    try:
        waiting = [asyncio.create_task(passwords.verify("not the password at all", None)) for _ in range(200)]
        longest = 0.0
        for _ in range(5):
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - started)
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        busy = [answer for answer in answers if isinstance(answer, PasswordsBusy)]
        assert len(busy) == 200 - 64
        assert longest < 0.5
        assert not await passwords.verify("not the password at all", None)
    finally:
        passwords.close()


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "at least 12 characters"),
        ("short enough"[:11], "at least 12 characters"),
        ("x9-" * 43, "more than 128"),
        ("Password1234!", "among the first"),
        ("123456123456", "among the first"),
        ("thelma.ravensworth@northgate.example", "must not be your e-mail address or your name"),
        ("Thelma Ravensworth", "must not be your e-mail address or your name"),
        ("thelmaravensworth1", "little more than your own name"),
        ("Ravensworth2026!", "little more than your own name"),
    ],
)
def test_sentences_say_what_is_wrong(password: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_password(password, "thelma.ravensworth@northgate.example", "Thelma Ravensworth")


@pytest.mark.parametrize(
    "password", ["trout kettle moss ladder", "correct horse battery staple", "x7Kq2mWp9sLd", "  spaces at both ends  "]
)
def test_passphrases_are_welcome(password: str) -> None:
    check_password(password, "thelma.ravensworth@northgate.example", "Thelma Ravensworth")
    check_password(password, "", "")
