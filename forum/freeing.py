"""Nobody works on a document any more: those who wished to know are told, whoever ended the work and why."""

from sqlalchemy import delete, select

from forum.policy import documents_read_in
from forum.tables import document_wishes, documents, memberships, networks
from forum.telling import tell
from realtime.transaction import Transaction


async def tell_free(tx: Transaction, document_id: str, network_id: str, actor_id: str | None) -> None:
    """Tell those who wished to know that nobody works on the document; once it is back, where it was withdrawn."""
    here = select(documents.c.id).where(documents.c.id == document_id, documents.c.withdrawn_at.is_(None))
    of_it = document_wishes.c.document_id.in_(here)
    is_member = (
        select(memberships.c.id)
        .join(networks, networks.c.id == memberships.c.network_id)
        .join(documents, documents.c.network_id == networks.c.id)
        .where(documents.c.id == document_wishes.c.document_id)
        .where(memberships.c.account_id == document_wishes.c.account_id)
        .where(documents_read_in(documents.c.is_narrowed))
        .exists()
    )
    waiting = list(await tx.connection.scalars(select(document_wishes.c.account_id).where(of_it, is_member)))
    await tx.execute(delete(document_wishes).where(of_it))
    others = [account_id for account_id in waiting if account_id != actor_id]
    if others:
        await tell(tx, others, "document.free", document_id, network_id=network_id, actor_id=actor_id)
