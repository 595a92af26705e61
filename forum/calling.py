"""Administrators are called when somebody asks to join, by whichever door: a line on their lists, and a mail."""

from datetime import timedelta

from sqlalchemy import select, update

from forum.tables import memberships, networks
from forum.telling import tell, want_mail_at_once
from ground.columns import now
from realtime.transaction import Transaction

BETWEEN_REQUEST_MAILS = timedelta(hours=1)


async def call_administrators(tx: Transaction, network_id: str, asker_id: str, request_id: str) -> None:
    """A line on each administrator's list, and mail as each wishes for this network.

    At once means a mail of its own, one an hour at most, however many ask; bundled, with what else they have not read.
    """
    administrators = select(memberships.c.account_id).where(
        memberships.c.network_id == network_id,
        memberships.c.current,
        memberships.c.status == "active",
        memberships.c.role == "administrator",
    )
    account_ids = list(await tx.connection.scalars(administrators))
    await tell(tx, account_ids, "request.made", request_id, network_id=network_id, actor_id=asker_id)
    at_once = await want_mail_at_once(tx.connection, account_ids, network_id)
    if not at_once:
        return
    this = networks.c.id == network_id
    moment = now()
    last = await tx.connection.scalar(select(networks.c.requests_mail_at).where(this).with_for_update(key_share=True))
    if last is not None and last > moment:
        return  # a mail is on its way already, and will tell of everybody who waits by then
    due = moment if last is None else max(moment, last + BETWEEN_REQUEST_MAILS)
    await tx.execute(update(networks).where(this).values(requests_mail_at=due))
    for account_id in at_once:
        reference = {"letter": "membership_asked", "network_id": network_id, "account_id": account_id}
        tx.enqueue("mail", reference, after=due)
