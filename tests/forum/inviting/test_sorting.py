"""What would become of each entry of a list, and which addresses to look at twice."""

import pytest

from forum.inviting.entries import Entry, read_entry
from forum.inviting.look_alikes import KnownDomains, mailbox_key, warning_of
from forum.inviting.sorting import Known, keys_of, sort_out


def sorted_out(*addresses: str, known: Known) -> list[tuple[str, str]]:
    entries = [Entry(address, address) for address in addresses]
    return [(each.status, each.warning) for each in sort_out(entries, keys_of(entries), known)]


def test_one_person_in_three_spellings_counts_once() -> None:
    found = sorted_out("Jose\u0301@example.org", "jos\u00e9@EXAMPLE.org", "JOS\u00c9@example.org", known=Known(left=9))
    assert [status for status, _ in found] == ["sent", "duplicate", "duplicate"]
    found = sorted_out("anna.ek@example.org", "annaek+falls@example.org", known=Known(left=9))
    assert found == [("sent", ""), ("sent", "Perhaps the same person as anna.ek@example.org.")]


def test_limits_members_and_those_who_wait_come_before_anything_is_sent() -> None:
    known = Known(
        members={"m@example.org"},
        waiting={"w@example.org": "b"},
        lately={"l@example.org": 3},
        left=1,
        declined={"d@example.org": "They said no."},
    )
    found = sorted_out(
        "m@example.org", "w@example.org", "l@example.org", "d@example.org", "n@example.org", "x", known=known
    )
    assert [status for status, _ in found] == [
        "already_member",
        "already_invited",
        "over_limit",
        "sent",
        "over_limit",
        "invalid",
    ]
    assert found[3][1] == "They said no."


DOMAINS = ("example.org", "uhb.nhs.uk", "trust1.nhs.uk")


@pytest.mark.parametrize(
    ("domain", "warned"),
    [
        ("example.org", ""),
        ("other.org", ""),
        ("xn--exmple-4nf.org", "Looks like example.org, and is another domain: xn--exmple-4nf.org."),
        ("examp1e.org", "Looks like example.org, and is another domain: examp1e.org."),
        (
            "xn--bcher-kva.example",
            "The domain has letters beside a to z: it is xn--bcher-kva.example, and not bucher.example.",
        ),
        ("xn--nh-3sa.uk", "Looks like nhs.uk, and is another domain: xn--nh-3sa.uk."),
        ("xn--e1afmkfd.xn--p1ai", "The domain has letters beside a to z: it is xn--e1afmkfd.xn--p1ai."),
        ("nhs.ku", "Is this a slip for nhs.uk? nhs.ku is another domain."),
        ("leeds.nhs.ku", "Is this a slip for leeds.nhs.uk? leeds.nhs.ku is another domain."),
        ("exampel.org", "Is this a slip for example.org? exampel.org is another domain."),
        ("exmple.org", "Is this a slip for example.org? exmple.org is another domain."),
        ("example.orgg", "Is this a slip for example.org? example.orgg is another domain."),
        ("uhbnhs.uk", "Looks like uhb.nhs.uk, and is another domain: uhbnhs.uk."),
        ("uhs.nhs.uk", ""),
        ("trust2.nhs.uk", ""),
        ("trust10.nhs.uk", ""),
        ("trust.nhs.uk", ""),
        ("nhs.uk", ""),
        ("mail.example.org", ""),
        ("xn--tst-rdd.example", "The domain mixes letters of two alphabets: it is xn--tst-rdd.example."),
    ],
)
def test_domains_that_look_like_a_known_one(domain: str, warned: str) -> None:
    assert warning_of(f"mary@{domain}", KnownDomains(DOMAINS)) == warned


def test_letters_of_two_alphabets_before_the_at() -> None:
    known = KnownDomains(["example.org"])
    assert warning_of("m\u0430ry@example.org", known) == "The part before the @ mixes letters of two alphabets."
    assert warning_of("\u043c\u0430\u0440\u0438\u044f@example.org", known) == ""


def test_of_two_domains_in_a_list_the_odd_one_is_warned_of() -> None:
    found = sorted_out("a@trust1.example", "b@trust1.example", "c@trustl.example", known=Known(left=9))
    assert [bool(warning) for _, warning in found] == [False, False, True]


def test_a_slip_that_comes_twice_is_no_domain_of_the_network() -> None:
    known = Known(left=9, domains={"leeds.nhs.uk"})
    found = sorted_out("a@leeds.nhs.ku", "b@leeds.nhs.ku", "c@gmial.com", "d@gmail.com", known=known)
    assert [bool(warning) for _, warning in found] == [True, True, True, False]


def test_what_was_taken_out_of_something_else_is_looked_at_twice() -> None:
    entries = [read_entry("Jo Po jo@x.example"), read_entry("Jo Po <jo2@x.example>")]
    found = sort_out(entries, keys_of(entries), Known(left=9))
    assert found[0].warning == "We read this out of “Jo Po jo@x.example”. Is it the whole address?"
    assert found[1].warning == ""
    held_back = sort_out(entries, keys_of(entries), Known(left=9), takes_look_alikes=False)
    assert [each.status for each in held_back] == ["invalid", "sent"]


def test_mailboxes() -> None:
    assert mailbox_key("a.b+c@x.example") == "ab@x.example"
    assert mailbox_key("+@x.example") == "+@x.example"
