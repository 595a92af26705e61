"""Accounts: who somebody is. Every function runs inside its caller's transaction.

Queries are called `get_` (or UnknownAccount), `find_` (or None) and `list_`; whatever else is here writes.
The password's hash never travels with an `Account`; only `find_credentials` reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.emails import clean_email, mailable_email, normalise_email
from auth.names import clean_about, clean_line, clean_name, look_alike_key
from auth.tables import accounts, links, sessions, tokens
from ground.columns import Moment, is_id, new_id, now

__all__ = [
    "ACCOUNT_COLUMNS",
    "FORMER_MEMBER",
    "Account",
    "Credentials",
    "EmailTaken",
    "StaleAccount",
    "UnknownAccount",
    "account_from_row",
    "change_email",
    "change_password",
    "clean_about",
    "clean_email",
    "clean_line",
    "clean_name",
    "close_account",
    "create_account",
    "find_account",
    "find_account_by_email",
    "find_credentials",
    "forget_password",
    "get_account",
    "has_claimed_account",
    "keep_first_password",
    "list_accounts",
    "lock_account",
    "look_alike_key",
    "mailable_email",
    "normalise_email",
    "rehash_password",
    "reinstate_account",
    "reset_password",
    "set_site_administrator",
    "suspend_account",
    "update_profile",
    "verify_account",
]

#: Stands in the place of the name once its owner closed the account and took the name along.
FORMER_MEMBER = "Former member"
FIRST_PASSWORD_VERSION = 1
"""Of an account that never had a password."""


class UnknownAccount(LookupError):
    """No account has this id, or it was closed in the meantime."""


class EmailTaken(ValueError):
    """Another account has this address. Never tell a visitor so: tell the address's owner by mail."""


class StaleAccount(ValueError):
    """The profile was changed since the caller read it."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person. `email` is None exactly when the account is closed."""

    id: str
    email: str | None = field(repr=False)
    name: str
    job_title: str
    organisation: str
    about: str = field(repr=False)
    verified_at: datetime | None
    closed_at: datetime | None
    suspended_at: datetime | None
    site_administrator: bool
    former_name_shown: bool
    created_at: datetime
    version: int
    password_version: int
    has_password: bool

    @property
    def is_claimed(self) -> bool:
        """False for an imported author for whom nobody registered yet; closed accounts count as claimed.

        True proves nothing: that is `verified_at`."""
        return self.has_password or self.verified_at is not None or self.closed_at is not None

    @property
    def may_sign_in(self) -> bool:
        """Whether the right password opens a session that may act: verified, neither closed nor suspended."""
        return self.verified_at is not None and self.closed_at is None and self.suspended_at is None


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account and what its password is checked against (None while nobody has claimed it)."""

    account: Account
    password_hash: str | None = field(repr=False)


#: Not `IS NOT NULL`: in a RETURNING clause SQLite 3.40 takes that for true whatever the column holds.
_HAS_PASSWORD: ColumnElement[bool] = func.coalesce(accounts.c.password_hash, "") != ""
#: What a query selects in order to call `account_from_row` on its rows.
ACCOUNT_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *(column for column in accounts.c if column.name not in ("email_key", "password_hash")),
    _HAS_PASSWORD.label("has_password"),
)


def account_from_row(row: Sequence[Any], start: int = 0) -> Account:
    """The account in a row that holds ACCOUNT_COLUMNS from position `start` on."""
    return Account(*row[start : start + len(ACCOUNT_COLUMNS)])


async def find_account(connection: AsyncConnection, account_id: str) -> Account | None:
    """The account, closed ones too, or None."""
    return await _find(connection, accounts.c.id == account_id) if is_id(account_id) else None


async def get_account(connection: AsyncConnection, account_id: str) -> Account:
    """The account, closed ones too, or UnknownAccount."""
    return _known(await find_account(connection, account_id), account_id)


async def find_account_by_email(connection: AsyncConnection, email: str) -> Account | None:
    """The account with this address, however it is written; None too for what isn't an address."""
    try:
        key = normalise_email(email)
    except ValueError:
        return None
    return await _find(connection, accounts.c.email_key == key)


async def find_credentials(connection: AsyncConnection, email: str) -> Credentials | None:
    """What signing in needs. Verify the password even for None: `Passwords.verify(password, None)` takes as long."""
    try:
        key = normalise_email(email)
    except ValueError:
        key = ""
    query = select(*ACCOUNT_COLUMNS, accounts.c.password_hash).where(accounts.c.email_key == key)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Credentials(account_from_row(row), row[-1])


async def list_accounts(connection: AsyncConnection, account_ids: Sequence[str]) -> list[Account]:
    """These accounts in no special order; unknown ids are left out. The caller bounds their number."""
    rows = await connection.execute(select(*ACCOUNT_COLUMNS).where(accounts.c.id.in_(account_ids)))
    return [account_from_row(row) for row in rows]


async def has_claimed_account(connection: AsyncConnection) -> bool:
    """Whether anybody ever had an account here; until then the site is being set up (imported authors don't count)."""
    ever_used = or_(
        accounts.c.password_hash.is_not(None), accounts.c.verified_at.is_not(None), accounts.c.closed_at.is_not(None)
    )
    row = await connection.execute(select(accounts.c.id).where(ever_used).limit(1))
    return row.first() is not None


async def lock_account(connection: AsyncConnection, account_id: str) -> Account:
    """The account, held until the transaction ends, so that a quota or a right can be checked and used.

    Rows that merely point to the account (its posts) don't wait. Raises UnknownAccount for a closed one too.
    """
    query = select(*ACCOUNT_COLUMNS).where(accounts.c.id == account_id, accounts.c.closed_at.is_(None))
    row = (await connection.execute(query.with_for_update(key_share=True))).one_or_none()
    return _known(None if row is None else account_from_row(row), account_id)


async def create_account(
    connection: AsyncConnection,
    email: str,
    name: str,
    *,
    password_hash: str | None = None,
    verified: bool = False,
    site_administrator: bool = False,
    created_at: datetime | None = None,
) -> Account | None:
    """Create an account, or return None where the address has one; fifty at once make exactly one.

    Without `password_hash` and not `verified` it is unclaimed: an imported author. Raises ValueError with a
    sentence about the address or the name.
    """
    moment = created_at or now()
    values = {
        "id": new_id(),
        "email": clean_email(email),
        "email_key": normalise_email(email),
        "name": clean_name(name),
        "password_hash": password_hash,
        "verified_at": moment if verified else None,
        "site_administrator": site_administrator,
        "created_at": moment,
    }
    insert_into = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert_into(accounts).values(values).on_conflict_do_nothing(index_elements=[accounts.c.email_key])
    row = (await connection.execute(statement.returning(*ACCOUNT_COLUMNS))).one_or_none()
    return None if row is None else account_from_row(row)


async def verify_account(connection: AsyncConnection, account_id: str) -> Account:
    """Note that its owner has proved the address (by a link that `use_link` accepted)."""
    return await _change(connection, account_id, verified_at=_first_time(accounts.c.verified_at))


async def update_profile(
    connection: AsyncConnection,
    account_id: str,
    *,
    name: str | None = None,
    job_title: str | None = None,
    organisation: str | None = None,
    about: str | None = None,
    if_version: int | None = None,
) -> Account:
    """Change what others see of a person; None leaves a field as it is, and where all stays the version does too.

    Raises ValueError with a sentence, or StaleAccount where `if_version` is given and the account has another
    version by now.
    """
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = clean_name(name)
    if job_title is not None:
        values["job_title"] = clean_line(job_title)
    if organisation is not None:
        values["organisation"] = clean_line(organisation)
    if about is not None:
        values["about"] = clean_about(about)
    held = await lock_account(connection, account_id)
    if if_version is not None and held.version != if_version:
        raise StaleAccount("Your profile was changed elsewhere in the meantime. Load it again, then make your change.")
    if all(getattr(held, field) == value for field, value in values.items()):
        return held
    return await _change(connection, account_id, version=accounts.c.version + 1, **values)


async def change_password(
    connection: AsyncConnection, account_id: str, password_hash: str, *, keep_session_id: str | None = None
) -> Account:
    """Set a new password: voids every link, and ends every session but `keep_session_id`. Tokens stay."""
    account = await _change(
        connection, account_id, password_hash=password_hash, password_version=accounts.c.password_version + 1
    )
    ended = delete(sessions).where(sessions.c.account_id == account_id)
    await connection.execute(ended if keep_session_id is None else ended.where(sessions.c.id != keep_session_id))
    return account


async def reset_password(
    connection: AsyncConnection, account_id: str, password_hash: str, *, name: str | None = None
) -> Account:
    """Set a password on the strength of a link that reached the address: proves the address too, ends every session.

    This is also how an imported author claims the account; `name` then replaces the name of the archive.
    """
    values: dict[str, Any] = {"verified_at": _first_time(accounts.c.verified_at)}
    unclaimed = not (await lock_account(connection, account_id)).is_claimed
    if name is not None:
        values["name"] = clean_name(name)
    if unclaimed or name is not None:
        values["version"] = accounts.c.version + 1
    await _change(connection, account_id, **values)
    return await change_password(connection, account_id, password_hash)


async def keep_first_password(connection: AsyncConnection, account_id: str, password_hash: str) -> bool:
    """Keep the password with which somebody registers an account that waits for its owner, proved by nobody yet.

    False, and nothing changes, where one was kept before: then it is not known whose of the two is the owner's.
    """
    held = await lock_account(connection, account_id)
    if held.is_claimed or held.password_version != FIRST_PASSWORD_VERSION:
        return False
    await change_password(connection, account_id, password_hash)
    return True


async def forget_password(connection: AsyncConnection, account_id: str) -> Account:
    """Take the password of an account away: only a link that reaches its address opens it then. Voids older links."""
    version = accounts.c.password_version + 1
    return await _change(connection, account_id, password_hash=None, password_version=version)


async def rehash_password(connection: AsyncConnection, account_id: str, old_hash: str, new_hash: str) -> None:
    """Keep the same password under stronger parameters, unless it was changed in the meantime."""
    condition = (accounts.c.id == account_id) & (accounts.c.password_hash == old_hash)
    await connection.execute(update(accounts).where(condition).values(password_hash=new_hash))


async def change_email(connection: AsyncConnection, account_id: str, email: str) -> Account:
    """Move to an address that its owner has proved; links that wait for an answer are void.

    Raises EmailTaken, or ValueError with a sentence. The transaction stays usable after either.
    """
    values = {"email": clean_email(email), "email_key": normalise_email(email)}
    try:
        async with connection.begin_nested():
            account = await _change(connection, account_id, **values, verified_at=now())
    except IntegrityError:
        raise EmailTaken("Another account has this address.") from None
    await connection.execute(delete(links).where(links.c.account_id == account_id, links.c.used_at.is_(None)))
    return account


async def close_account(connection: AsyncConnection, account_id: str, *, keep_name: bool) -> Account:
    """Close for good: address, password, profile, sessions, tokens and links go; the name too unless it may stay."""
    values: dict[str, Any] = {} if keep_name else {"name": FORMER_MEMBER}
    account = await _change(
        connection,
        account_id,
        **values,
        email=None,
        email_key=None,
        password_hash=None,
        job_title="",
        organisation="",
        about="",
        site_administrator=False,
        former_name_shown=keep_name,
        closed_at=now(),
        version=accounts.c.version + 1,
        password_version=accounts.c.password_version + 1,
    )
    for table in (sessions, tokens, links):
        await connection.execute(delete(table).where(table.c.account_id == account_id))
    return account


async def suspend_account(connection: AsyncConnection, account_id: str) -> Account:
    """Shut out until reinstated: sessions end, tokens are refused, signing in is refused."""
    values = {"suspended_at": _first_time(accounts.c.suspended_at)}
    account = await _change(connection, account_id, **values, version=accounts.c.version + 1)
    await connection.execute(delete(sessions).where(sessions.c.account_id == account_id))
    return account


async def reinstate_account(connection: AsyncConnection, account_id: str) -> Account:
    """Take a suspension back."""
    return await _change(connection, account_id, suspended_at=None, version=accounts.c.version + 1)


async def set_site_administrator(connection: AsyncConnection, account_id: str, yes: bool) -> Account:
    """Give or take the right to look after the whole site."""
    return await _change(connection, account_id, site_administrator=yes)


def _first_time(column: Column[Any]) -> ColumnElement[Any]:
    """What the column holds already, else this moment."""
    return func.coalesce(column, literal(now(), Moment))


async def _find(connection: AsyncConnection, condition: ColumnElement[bool]) -> Account | None:
    row = (await connection.execute(select(*ACCOUNT_COLUMNS).where(condition))).one_or_none()
    return None if row is None else account_from_row(row)


async def _change(connection: AsyncConnection, account_id: str, **values: Any) -> Account:
    """Change an account that is still open, and return what it is now."""
    condition = (accounts.c.id == account_id) & accounts.c.closed_at.is_(None)
    statement = update(accounts).where(condition).values(values).returning(*ACCOUNT_COLUMNS)
    row = (await connection.execute(statement)).one_or_none()
    return _known(None if row is None else account_from_row(row), account_id)


def _known(account: Account | None, account_id: str) -> Account:
    if account is None:
        raise UnknownAccount(account_id)
    return account
