"""What counts as an address, when two are the same, and what to say about the rest."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.emails import clean_email, mailable_email, normalise_email


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ann@example.org", "ann@example.org"),
        ("  Ann@Example.ORG \n", "ann@example.org"),
        ("\u200bann@example.org\ufeff", "ann@example.org"),
        ("ann+board@example.org", "ann+board@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        ("a.b.c@sub.example.co.uk", "a.b.c@sub.example.co.uk"),
        ("zoë@bücher.example", "zoë@xn--bcher-kva.example"),
        ("zoe\u0308@BÜCHER.example", "zoë@xn--bcher-kva.example"),
        ("zoë@xn--bcher-kva.example", "zoë@xn--bcher-kva.example"),
        ("ann@例え.jp", "ann@xn--r8jz45g.jp"),
        ("ann＠example。org", "ann@example.org"),
        ("ａｎｎ@example.org", "ann@example.org"),
        ("STRASSE@example.org", "strasse@example.org"),
        ("straße@example.org", "strasse@example.org"),
    ],
)
def test_one_key_however_it_is_typed(typed: str, key: str) -> None:
    assert normalise_email(typed) == key


def test_plus_and_dots_stay_different_mailboxes() -> None:
    keys = {normalise_email(f"{local}@example.org") for local in ("annbaker", "ann.baker", "ann+baker")}
    assert len(keys) == 3


def test_typed_form_keeps_its_case_and_the_envelope_gets_ascii() -> None:
    assert clean_email(" Ann.B@Bücher.example ") == "Ann.B@Bücher.example"
    assert mailable_email("Ann.B@Bücher.example") == "Ann.B@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Write your e-mail address"),
        ("   ", "Write your e-mail address"),
        ("ann", "has an @"),
        ("ann.example.org", "has an @"),
        ("@example.org", "before the @"),
        ("ann@", "after the @"),
        ("ann@localhost", "after the @"),
        ("ann@example..org", "after the @"),
        ("ann@-example.org", "after the @"),
        ("ann@example.org.", "after the @"),
        ("ann@192.168.0.1", "after the @"),
        ("ann@exa_mple.org", "after the @"),
        ("ann@" + "a" * 64 + ".org", "after the @"),
        (".ann@example.org", "dots before"),
        ("ann..b@example.org", "dots before"),
        ("ann baker@example.org", "space in the middle"),
        ("ann@example.org, bob@example.org", "one e-mail address only"),
        ("ann@example.org;bob@example.org", "one e-mail address only"),
        ("ann@example.org@evil.example", "one e-mail address only"),
        ("Ann <ann@example.org>", "only the address itself"),
        ('"ann"@example.org', "only the address itself"),
        ("ann@[127.0.0.1]", "only the address itself"),
        ("mailto:ann@example.org", "only the address itself"),
        ("ann@example.org\r\nBcc: bob", "invisible character"),
        ("ann@example.org\nBcc:bob", "invisible character"),
        ("ann\x00@example.org", "invisible character"),
        ("an\u202en@example.org", "invisible character"),
        ("an\u200bn@example.org", "invisible character"),
        ("an\ud800n@example.org", "invisible character"),
        ("ann☃@example.org", "can't stand"),
        ("a" * 65 + "@example.org", "before the @ is too long"),
        ("a@" + "b." * 130 + "org", "too long"),
        ("a" * 100_000, "too long"),
    ],
)
def test_sentences_say_what_is_wrong(typed: str, says: str) -> None:
    for function in (clean_email, normalise_email, mailable_email):
        with pytest.raises(ValueError, match=says):
            function(typed)


@given(st.text(max_size=300) | st.from_regex(r"[ -~\x80-￿]{1,20}@[ -~\x80-￿]{1,20}\.[a-z]{2,5}", fullmatch=True))
def test_whatever_is_accepted_is_safe_and_stable(typed: str) -> None:
    try:
        address = clean_email(typed)
    except ValueError:
        return
    assert address.count("@") == 1
    assert not any(unicodedata.category(character)[0] in "CZ" for character in address)
    assert clean_email(address) == address
    key = normalise_email(address)
    assert normalise_email(key) == key
    assert len(mailable_email(address).encode()) <= 254
    assert mailable_email(address).rpartition("@")[2].isascii()
