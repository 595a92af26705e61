"""An address is called unlike the others where that tells something, and else of nobody."""

from forum.reviews.usual_addresses import Usual, usual_of


def at(*domains: str) -> list[str | None]:
    return [f"p{number}@{domain}" for number, domain in enumerate(domains)]


def unlike(usual: Usual, emails: list[str | None]) -> list[bool]:
    return [usual.is_unlike(each) for each in emails]


def test_one_from_elsewhere_is_unlike_and_where_all_differ_nobody_is() -> None:
    emails = at(*["a.example"] * 3, *["b.example"] * 2, "c.example")
    assert unlike(usual_of(emails, {}), emails) == [False] * 5 + [True]
    emails = at(*(f"trust{number}.example" for number in range(14)))
    assert not any(unlike(usual_of(emails, {}), emails))
    emails = at("a.example", "a.example", "b.example")
    assert not any(unlike(usual_of(emails, {}), emails))  # of three people one tells nothing


def test_where_organisations_have_domains_those_count() -> None:
    kept = {"a.example": "Trust A", "gmail.com": "Trust A"}
    emails = at(*["a.example"] * 5, "mail.a.example", "gmail.com")
    assert unlike(usual_of(emails, kept), emails) == [False] * 6 + [True]
    emails = at("a.example", *(f"trust{number}.example" for number in range(6)))
    assert not any(unlike(usual_of(emails, kept), emails))  # most organisations have no domains yet


def test_whoever_says_they_are_of_an_organisation_and_writes_from_another() -> None:
    usual = usual_of(at("a.example", "b.example"), {"a.example": "Trust  A"})
    assert usual.is_elsewhere("x@b.example", "trust a")
    assert not usual.is_elsewhere("x@mail.a.example", "Trust A")
    assert not usual.is_elsewhere("x@b.example", "Trust B")
    assert not usual.is_elsewhere("x@b.example", "")
