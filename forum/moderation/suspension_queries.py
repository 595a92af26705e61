"""Accounts as the site's administrators find them: by name or e-mail address, and whether they may come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import normalise_email
from auth.tables import accounts
from forum.audit import SITE
from forum.errors import NotFound
from forum.moderation.inputs import AccountList
from forum.moderation.queries import parse_after
from forum.shown_people import shown_name
from forum.tables import audit_rows, audit_words, memberships, networks, site_pages
from forum.text import tidy

MOST_FOUND = 20
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account, for an administrator of the site."""

    id: str
    name: str
    email: str
    organisation: str
    site_administrator: bool
    suspended_at: datetime | None


_COLUMNS = (
    accounts.c.id,
    accounts.c.name,
    accounts.c.email,
    accounts.c.organisation,
    accounts.c.site_administrator,
    accounts.c.suspended_at,
)
_OPEN = (accounts.c.closed_at.is_(None), accounts.c.email.is_not(None))


def clean_search(text: str) -> str:
    """What is looked for, on one line."""
    return " ".join(tidy(text).split())


def _key(words: str) -> str:
    """The key of an e-mail address; empty where it is none."""
    try:
        return normalise_email(words)
    except ValueError:
        return ""


def _of_words(words: str) -> ColumnElement[bool]:
    """Those with this e-mail address, or whose name holds these words; without words those that are suspended."""
    if not words:
        return accounts.c.suspended_at.is_not(None)
    key = _key(words)
    by_name = func.lower(accounts.c.name).contains(words.lower(), autoescape=True)
    return or_(accounts.c.email_key == key, by_name) if key else by_name


async def find_accounts(connection: AsyncConnection, words: str) -> Sequence[FoundAccount]:
    """The first accounts of these words, by name."""
    found = select(*_COLUMNS).where(_of_words(words), *_OPEN).order_by(accounts.c.name, accounts.c.id)
    return [FoundAccount(*row) for row in await connection.execute(found.limit(MOST_FOUND))]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the accounts that were asked for, and after which the next begins."""

    items: Sequence[FoundAccount]
    next: str | None


async def list_accounts(connection: AsyncConnection, asked: AccountList) -> Part:
    """All accounts of these words, the newest first."""
    found = select(*_COLUMNS).where(_of_words(clean_search(asked.q)), *_OPEN).order_by(accounts.c.id.desc())
    after = parse_after(asked.after)
    found = found.where(accounts.c.id < after) if after else found
    rows = [FoundAccount(*row) for row in await connection.execute(found.limit(asked.limit + 1))]
    shown = rows[: asked.limit]
    return Part(shown, shown[-1].id if len(rows) > asked.limit else None)


async def get_account(connection: AsyncConnection, account_id: str) -> FoundAccount:
    """The account. Raises NotFound where there is none, or it is closed."""
    row = (await connection.execute(select(*_COLUMNS).where(accounts.c.id == account_id, *_OPEN))).first()
    if row is None:
        raise NotFound
    return FoundAccount(*row)


async def list_only_administrator_of(connection: AsyncConnection, account_id: str) -> list[str]:
    """The names of networks that nobody else administers."""
    other = memberships.alias("other_administrators")
    others = select(other.c.id).where(
        other.c.network_id == networks.c.id,
        other.c.account_id != account_id,
        other.c.current,
        other.c.status == "active",
        other.c.role == "administrator",
    )
    asked = (
        select(networks.c.name)
        .join(memberships, memberships.c.network_id == networks.c.id)
        .where(
            memberships.c.account_id == account_id,
            memberships.c.current,
            memberships.c.status == "active",
            memberships.c.role == "administrator",
            ~others.exists(),
        )
        .order_by(networks.c.name)
    )
    return list(await connection.scalars(asked))


async def find_suspended(connection: AsyncConnection, account_id: str, row_id: str) -> tuple[str, str, str] | None:
    """Address, name and the reason of a suspension that holds, for its letter."""
    reason = and_(audit_words.c.row_id == row_id, audit_words.c.name == "reason")
    asked = (
        select(accounts.c.email, accounts.c.name, audit_words.c.word)
        .select_from(accounts.outerjoin(audit_words, reason))
        .where(accounts.c.id == account_id, accounts.c.suspended_at.is_not(None), *_OPEN)
    )
    row = (await connection.execute(asked)).first()
    return None if row is None else (row.email, row.name, row.word or "")


@dataclass(frozen=True, slots=True)
class Suspending:
    """That an account was suspended or let in again, as the site's log tells."""

    is_suspended: bool
    at: datetime
    by: str
    reason: str


async def list_suspending(connection: AsyncConnection, account_id: str) -> Sequence[Suspending]:
    """The last of them, the latest first; for the site's administrators, who read that log."""
    told = and_(audit_words.c.row_id == audit_rows.c.id, audit_words.c.name == "reason")
    asked = (
        select(
            audit_rows.c.act == "account.suspended",
            audit_rows.c.at,
            shown_name(accounts),
            func.coalesce(audit_words.c.word, ""),
        )
        .select_from(audit_rows.join(accounts, accounts.c.id == audit_rows.c.actor_id).outerjoin(audit_words, told))
        .where(audit_rows.c.chain == SITE, audit_rows.c.object_id == account_id)
        .where(audit_rows.c.act.in_(("account.suspended", "account.reinstated")))
        .order_by(audit_rows.c.number.desc())
    )
    return [Suspending(bool(row[0]), *row[1:]) for row in await connection.execute(asked.limit(MOST_TOLD))]


async def is_contact_written(connection: AsyncConnection) -> bool:
    """Whether the page says how those who run the site are reached, for whoever was suspended."""
    written = select(site_pages.c.slug).where(site_pages.c.slug == "contact")
    return (await connection.execute(written)).first() is not None
