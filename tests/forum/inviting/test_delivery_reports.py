"""Reports that a mail did not arrive are read as mail servers write them; everything else is nothing."""

import time

import pytest

from forum.inviting.delivery_reports import MOST_BYTES, read_report
from forum.mailing import seal_mail
from tests.forum.inviting.wishes import report

MARK = seal_mail(b"k" * 32, "0190a3c4-0000-7000-8000-000000000001", "gone@example.org")


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_says_which_mail_which_address_and_why(original: str) -> None:
    found = read_report(report(MARK, "gone@example.org", original=original))
    assert found is not None
    assert found.marks == (tuple(MARK.split(".")),)
    assert found.addresses == ("gone@example.org",)
    assert found.reason == "There is no such mailbox."
    full = read_report(report(MARK, "gone@example.org", status="5.2.2"))
    assert full is not None
    assert full.reason == "The mailbox is full."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Re: your invitation\n\nThank you, I will come.",
        report(MARK, "gone@example.org", action="delayed"),
        report(MARK, "gone@example.org", action="delivered"),
        report("no-mark", "gone@example.org"),
        report(MARK, ""),
        report(MARK, "").replace(b"To: ", b"To: gone@example.org"),
        report(MARK, "gone@example.org").replace(b"multipart/report", b"multipart/mixed"),
        report(MARK, "gone@example.org").replace(b"message/delivery-status", b"text/plain"),
        report(MARK, "gone@example.org").replace(b"Content-Type: multipart", b"Content-Type: text/plain\nX: multipart"),
    ],
)
def test_everything_else_is_nothing(data: bytes) -> None:
    assert read_report(data) is None


def nested(depth: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(depth)
    )


@pytest.mark.parametrize(
    "data",
    [
        nested(20),
        nested(5_000),
        b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\n\n" * 100_000,
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n"
        + b"a: b\n\n" * 50_000,
        b"To: " + b"a@b," * 100_000,
        b"Content-Type: multipart/report; boundary=" + b"x" * 500_000,
        b"x" * 5_000_000,
    ],
    ids=["deep", "deeper", "parts", "groups", "addresses", "boundary", "large"],
)
def test_hostile_ones_take_a_moment_and_are_nothing(data: bytes) -> None:
    begun = time.process_time()
    assert read_report(data) is None
    assert time.process_time() - begun < 5


def test_what_follows_the_report_may_be_huge() -> None:
    found = read_report(report(MARK, "gone@example.org") + b"x" * 50 * MOST_BYTES)
    assert found is not None
