"""Reports that a mail could not be delivered (RFC 3464), as mail servers send them back: hostile until proved.

Anybody can send such a mail. So a report counts only where it names a mail of ours by its Message-ID, whose seal
nobody can make who has not had that mail, and only for the address that the mail went to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

MOST_BYTES = 128 * 1024
"""So much of a mail is read: what a report says stands in its beginning, before the mail that came back."""
MOST_NESTED = 30
_MOST_ADDRESSES = 20
_MOST_MARKS = 20
_LONGEST_HEADER = 4_000
_MARK = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([0-9a-f]{32})@")
_ADDRESS = re.compile(r"[^\s<>;,\"]{1,320}@[^\s<>;,\"]{1,255}")
_BOUNDARY = re.compile(rb"(?i)\bboundary\s*=")

_WHY = {
    "1.1": "There is no such mailbox.",
    "1.2": "There is no such mail domain.",
    "1.3": "The address is not written as it must be.",
    "1.6": "The mailbox has moved, and nobody says where.",
    "1.10": "This mail domain takes no mail.",
    "2.1": "The mailbox is closed.",
    "2.2": "The mailbox is full.",
    "2.3": "The mail is too large for this mailbox.",
    "4.1": "The mail server there did not answer.",
    "4.4": "No mail server was found there.",
    "4.7": "The mail server there did not take it for days.",
    "7.1": "The mail server there refused it.",
}
"""By the last two numbers of the status code (RFC 3463), in our own words."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says: which of our mails, to which of these addresses, and why it did not arrive."""

    marks: tuple[tuple[str, str], ...]
    """Ids and seals from Message-IDs, as `forum.mailing.seal_mail` makes them."""
    addresses: tuple[str, ...]
    """Of the recipients that it failed for. Not those of the mail that came back: another may have been the trouble,
    as where whoever it reached has it sent on."""
    reason: str


def read_report(data: bytes) -> Report | None:
    """The report in this mail; None for any other mail, for one of delay or success, and for what can't be read."""
    data = data[:MOST_BYTES]
    if len(_BOUNDARY.findall(data)) > MOST_NESTED:
        return None
    try:
        mail = BytesParser(policy=compat32).parsebytes(data)
        return _report(mail)
    except Exception:
        return None  # nothing that a stranger sends may end in an error


def _report(mail: Message) -> Report | None:
    if mail.get_content_type() != "multipart/report" or not isinstance(mail.get_payload(), list):
        return None
    if str(mail.get_param("report-type", "")).lower() not in ("delivery-status", ""):
        return None
    parts = [part for part in mail.get_payload() if isinstance(part, Message)][:MOST_NESTED]
    failed = [group for part in parts if part.get_content_type() in _STATUS for group in _failures(part)]
    if not failed:
        return None
    named = [
        value
        for group in failed
        for name in ("Original-Recipient", "Final-Recipient")
        for value in group.get_all(name, [])
    ]
    texts = [value for part in parts for original in _originals(part) for value in original.get_all("Message-ID", [])]
    texts += [value for name in ("In-Reply-To", "References") for value in mail.get_all(name, [])]
    marks = tuple(dict.fromkeys(found for text in texts[:_MOST_MARKS] for found in _MARK.findall(_plain(text))))
    addresses = tuple(dict.fromkeys(found for text in named for found in _ADDRESS.findall(_plain(text))))
    if not marks or not addresses:
        return None
    return Report(marks[:_MOST_MARKS], addresses[:_MOST_ADDRESSES], _reason(_plain(failed[0].get("Status", ""))))


_STATUS = ("message/delivery-status", "message/global-delivery-status")


def _plain(value: object) -> str:
    return str(value)[:_LONGEST_HEADER]


def _failures(part: Message) -> Iterator[Message]:
    """The groups of fields about recipients that the mail did not reach, and will not."""
    groups = part.get_payload()
    for group in groups[: MOST_NESTED + 1] if isinstance(groups, list) else ():
        if isinstance(group, Message) and _plain(group.get("Action", "")).strip().lower() == "failed":
            yield group


def _originals(part: Message) -> Iterator[Message]:
    """The headers of the mail that came back, whole or alone."""
    kind, payload = part.get_content_type(), part.get_payload()
    if kind in ("message/rfc822", "message/global") and isinstance(payload, list):
        yield from (inner for inner in payload[:1] if isinstance(inner, Message))
    elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
        raw = part.get_payload(decode=True)
        if isinstance(raw, bytes):
            yield BytesParser(policy=compat32).parsebytes(raw, headersonly=True)


def _reason(status: str) -> str:
    found = re.match(r"\s*[245]\.(\d{1,3}\.\d{1,3})", status)
    return _WHY.get(found[1], "The mail came back.") if found else "The mail came back."
