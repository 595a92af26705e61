"""Mails that came back: what a report says of them is noted, where it is about a mail of ours."""

import hmac

from forum.bounces import note_bounce
from forum.inviting.delivery_reports import Report, read_report
from forum.mailing import mail_key, seal_mail
from forum.state import State


async def receive(state: State, data: bytes) -> bool:
    """Take one mail as a mail server hands it over; whether it told of an address at which mail does not arrive.

    Every other mail is dropped without a word. Raises only what may pass by itself, such as a database that is away.
    """
    report = read_report(data)
    address = _proven_address(state.key, report) if report is not None else None
    if report is None or address is None:
        return False
    async with state.transaction() as tx:
        await note_bounce(tx, mail_key(address), report.reason)
    return True


def _proven_address(key: bytes, report: Report) -> str | None:
    """The address to which we sent the mail that came back."""
    for task_id, seal in report.marks:
        for address in report.addresses:
            if hmac.compare_digest(seal_mail(key, task_id, address).encode(), f"{task_id}.{seal}".encode()):
                return address
    return None
