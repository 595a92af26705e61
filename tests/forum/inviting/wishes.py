"""What the tests ask for when they invite people."""

import secrets
from datetime import timedelta

from sqlalchemy import update

from forum.inviting.entries import Entry
from forum.inviting.invitation_commands import Wish
from forum.records import Role
from forum.tables import invitations
from ground.columns import now
from tests.forum.threads.village import Village


def wish(*addresses: str, role: Role = "member", message: str = "", days: int = 28) -> Wish:
    """These addresses, invited."""
    return Wish([Entry(address, address) for address in addresses], role, message, days)


def new_address(name: str = "somebody") -> str:
    """An address that nobody has used before."""
    return f"{name}.{secrets.token_hex(6)}@example.org"


async def three_days_later(village: Village, *addresses: str) -> None:
    """As if the last mails to these addresses had gone three days ago."""
    async with village.state.transaction() as tx:
        these = update(invitations).where(invitations.c.email_key.in_([each.lower() for each in addresses]))
        earlier = now() - timedelta(days=3, minutes=1)
        await tx.execute(these.values(sent_at=earlier))
        await tx.execute(these.where(invitations.c.reminded_at.is_not(None)).values(reminded_at=earlier))


_REPORT = """From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: confer@example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="8A1.164/mx.example.org"

--8A1.164/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--8A1.164/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Fri, 27 Nov 2026 10:00:00 +0000 (GMT)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: <b>their words</b>

--8A1.164/mx.example.org
Content-Description: Undelivered Message
Content-Type: {original}

From: Confer <confer@example.org>
To: {address}
Subject: Amara Okafor invites you to a network on Confer
Message-ID: <{mark}@example.org>

Hello,

--8A1.164/mx.example.org--
"""


def report(
    mark: str, address: str, *, action: str = "failed", status: str = "5.1.1", original: str = "message/rfc822"
) -> bytes:
    """A report that the mail with this mark did not reach this address, as Postfix writes it."""
    said = {"mark": mark, "address": address, "action": action, "status": status, "original": original}
    return _REPORT.format(**said).replace("\n", "\r\n").encode()
