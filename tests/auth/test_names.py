"""Names that can be shown anywhere without breaking the line, the direction or anybody's trust."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.names import clean_about, clean_line, clean_name, look_alike_key


@pytest.mark.parametrize(
    "name",
    [
        "Ann Baker",
        "Zoë O’Neill-Ó Sé",
        "Nguyễn Thị Minh Khai",
        "Дмитрий Шостакович",
        "Δημήτρης Παπαδόπουλος",
        "Δημήτρης-John",
        "محمد علی‌پور",
        "नरेंद्र क्‍ष",
        "王小明",
        "นงลักษณ์",
        "Mª José Nº 2",
        "Ann 🙂 Baker",
        "7",
    ],
)
def test_names_of_the_world_stay_as_they_are(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ann \t\n Baker  ", "Ann Baker"),
        ("Ann\x00Baker\x07", "AnnBaker"),
        ("Ann\r\nBcc: bob@example.org", "Ann Bcc: bob@example.org"),
        ("\u202eAnn\u202c", "Ann"),
        ("\u2066Ann\u2069\u200e\u061c", "Ann"),
        ("A\u200bn\u200cn\u200d\ufeff", "Ann"),
        ("Ann\u3164\u2800Baker", "Ann Baker"),
        ("Ann\U000e0041\ue000\ud800", "Ann"),
        ("Z" + "\u0301" * 40 + "oe", "Ź" + "\u0301" * 3 + "oe"),
        ("𝓐𝓷𝓷 Ｂａｋｅｒ", "Ann Baker"),
        ("Ⓐnn", "Ann"),
    ],
)
def test_what_cannot_be_seen_goes(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u202e", "\u3164", "---", "🙂", "\x00", "\u0301\u0301"])
def test_a_name_needs_letters(typed: str) -> None:
    with pytest.raises(ValueError, match="Write the name by which the others know you"):
        clean_name(typed)


def test_length_is_said() -> None:
    assert len(clean_name("x" * 100)) == 100
    with pytest.raises(ValueError, match="at most 100 characters, and it has 300"):
        clean_name("x" * 300)


@pytest.mark.parametrize("typed", ["Аnn Baker", "Ann Bаker", "Αnn", "Ann Ваkеr-Ѕmith"])
def test_a_word_of_two_alphabets_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="two alphabets that look alike"):
        clean_name(typed)


def test_look_alikes_share_a_key_and_others_do_not() -> None:
    alike = ["Ann Baker", "ann  baker", "Ànn Báker", "аnn bаkеr", "AnnBaker"]
    assert len({look_alike_key(name) for name in alike}) == 1
    assert look_alike_key("Tom Clare") == look_alike_key("Torn C1are")
    assert look_alike_key("Ann Baker") != look_alike_key("Anna Baker")


def test_lines_may_be_empty_and_are_bounded() -> None:
    assert clean_line(" \u200b ") == ""
    assert clean_line(" Nurse,\nWard 4 ") == "Nurse, Ward 4"
    with pytest.raises(ValueError, match="at most 120 characters"):
        clean_line("x" * 121)


def test_about_keeps_its_lines() -> None:
    assert clean_about("\r\n one \u202e\r\n\r\n\r\n two\x00 \n\n") == "one\n\ntwo"
    with pytest.raises(ValueError, match="at most 2,000 characters, and it has 2,001"):
        clean_about("x" * 2_001)


@given(st.text(max_size=400))
def test_whatever_is_accepted_is_clean_and_stable(typed: str) -> None:
    try:
        name = clean_name(typed)
    except ValueError:
        return
    assert clean_name(name) == name
    assert 1 <= len(name) <= 100
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for character in name)
    assert name == " ".join(name.split())
    name.encode()
