"""Put what a command has just written back to when the script says that it happened."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, update

from auth.tables import accounts
from forum.tables import (
    card_uses,
    card_wordings,
    cards,
    document_audiences,
    document_versions,
    documents,
    folders,
    mail_wishes,
    membership_states,
    memberships,
    networks,
    posts,
    read_states,
    threads,
    version_previews,
)
from realtime.transaction import Transaction


async def _put_back(tx: Transaction, table: Table, condition: ColumnElement[bool], values: Mapping[str, Any]) -> None:
    await tx.execute(update(table).where(condition).values(values))


async def put_account(tx: Transaction, account_id: str, at: datetime) -> None:
    """When somebody came here."""
    await _put_back(tx, accounts, accounts.c.id == account_id, {"created_at": at, "verified_at": at})
    await tx.execute(insert(mail_wishes), {"account_id": account_id, "mail": "never"})  # none of them has a mailbox


async def put_network(tx: Transaction, network_id: str, at: datetime) -> None:
    """When a network was made."""
    await _put_back(tx, networks, networks.c.id == network_id, {"created_at": at})


async def put_membership(tx: Transaction, membership_id: str, at: datetime, *, active: bool) -> None:
    """When somebody asked to belong, or began to."""
    values = {"created_at": at, **({"since": at} if active else {})}
    await _put_back(tx, memberships, memberships.c.id == membership_id, values)
    await _put_back(tx, membership_states, membership_states.c.membership_id == membership_id, {"at": at})


async def put_thread(tx: Transaction, thread_id: str, account_id: str, at: datetime) -> str:
    """When a thread was begun; the id of its first post."""
    await _put_back(tx, threads, threads.c.id == thread_id, {"created_at": at, "last_post_at": at})
    first = (posts.c.thread_id == thread_id) & (posts.c.number == 1)
    await _put_reading(tx, thread_id, account_id, at)
    return str((await tx.execute(update(posts).where(first).values(created_at=at).returning(posts.c.id))).scalar_one())


async def put_reply(tx: Transaction, post_id: str, thread_id: str, account_id: str, at: datetime) -> None:
    """When an answer was written."""
    await _put_back(tx, posts, posts.c.id == post_id, {"created_at": at})
    await _put_back(tx, threads, threads.c.id == thread_id, {"last_post_at": at})
    await _put_reading(tx, thread_id, account_id, at)


async def _put_reading(tx: Transaction, thread_id: str, account_id: str, at: datetime) -> None:
    own = (read_states.c.thread_id == thread_id) & (read_states.c.account_id == account_id)
    await _put_back(tx, read_states, own, {"updated_at": at})


async def put_edit(tx: Transaction, post_id: str, at: datetime) -> None:
    """When a post got other words."""
    await _put_back(tx, posts, posts.c.id == post_id, {"edited_at": at})


async def put_removal(tx: Transaction, post_id: str, at: datetime) -> None:
    """When a post was removed."""
    await _put_back(tx, posts, posts.c.id == post_id, {"removed_at": at})


async def put_pin(tx: Transaction, thread_id: str, at: datetime) -> None:
    """When a thread was pinned."""
    await _put_back(tx, threads, threads.c.id == thread_id, {"pinned_at": at})


async def put_lock(tx: Transaction, thread_id: str, at: datetime) -> None:
    """When a thread was locked."""
    await _put_back(tx, threads, threads.c.id == thread_id, {"locked_at": at})


async def put_card(tx: Transaction, card_id: str, at: datetime, review_on: date) -> None:
    """When a card was made, and until when it is held to be right."""
    values = {"created_at": at, "changed_at": at, "review_on": review_on}
    await _put_back(tx, cards, cards.c.id == card_id, values)
    await _put_back(tx, card_wordings, card_wordings.c.card_id == card_id, {"created_at": at})


async def put_card_change(tx: Transaction, card_id: str, at: datetime) -> None:
    """When a card got other words, for the first time."""
    await _put_back(tx, cards, cards.c.id == card_id, {"changed_at": at})
    newest = (card_wordings.c.card_id == card_id) & (card_wordings.c.number == 2)
    await _put_back(tx, card_wordings, newest, {"created_at": at})


async def put_use(tx: Transaction, use_id: str, at: datetime) -> None:
    """When somebody said that they use a card."""
    await _put_back(tx, card_uses, card_uses.c.id == use_id, {"created_at": at})


async def put_folder(tx: Transaction, folder_id: str, at: datetime) -> None:
    """When a folder was made."""
    await _put_back(tx, folders, folders.c.id == folder_id, {"created_at": at})


async def put_version(tx: Transaction, document_id: str, number: int, at: datetime) -> None:
    """When a version was shared; with the first the document was."""
    begun = {"created_at": at} if number == 1 else {}
    await _put_back(tx, documents, documents.c.id == document_id, {**begun, "changed_at": at})
    for table in (document_versions, version_previews):
        this = (table.c.document_id == document_id) & (table.c.number == number)
        await _put_back(tx, table, this, {"created_at": at})
    if number == 1:
        await _put_back(tx, document_audiences, document_audiences.c.document_id == document_id, {"since": at})
