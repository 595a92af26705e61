"""What everybody chooses is few pieces, what a person thinks up is many."""

import time

import pytest

from auth.guessing import MIN_PIECES, pieces, words_of


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password123!",
        "P@ssw0rd2026!",
        "passwordpassword",
        "123456789012",
        "098765432109",
        "111111111111",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "qwertyuiop12",
        "qwertzuiop12",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "zaq12wsxcde3",
        "zxcvbnmasdfghjkl",
        "iloveyou1234",
        "letmeinletmein",
        "Administrator",
        "Summer2026!!",
        "Welcome-2026-!",
        "Liverpool2024!",
        "hospital2026!",
        "qwerty123456",
        "Passwort12345",
        "test-password-123",
        "            a",
    ],
)
def test_the_commonest_are_few_pieces(password: str) -> None:
    assert pieces(password) < MIN_PIECES


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "trout kettle moss ladder",
        "blue kettle monday tram",
        "tide copper violin march",
        "x7Kq2mWp9sLd",
        "x7Kq2mx7Kq2m",
        "nine owls under a blue tram",
        "猫が窓の外を見ている夜に",
    ],
)
def test_what_somebody_thought_up_is_many(password: str) -> None:
    assert pieces(password) >= MIN_PIECES


def test_own_words_count_as_one() -> None:
    own = words_of("thelma.ravensworth@northgate.example")
    assert own == {"thelma", "ravensworth", "northgate", "example"}
    assert pieces("Thelma-Ravensworth-1961") >= MIN_PIECES
    assert pieces("Thelma-Ravensworth-1961", own) < MIN_PIECES


@pytest.mark.parametrize(
    "password", ["", "a", "€" * 128, "qwertyasdfghzxcvbn" * 7, "ab1" * 42 + "xy", "\U0001f642" * 128]
)
def test_counting_is_quick(password: str) -> None:
    started = time.perf_counter()
    pieces(password, words_of("a" * 10_000))
    assert time.perf_counter() - started < 0.25
