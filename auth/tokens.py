"""Personal API tokens: what a program uses in a person's place."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import ACCOUNT_COLUMNS, Account, account_from_row, lock_account
from auth.names import clean_line
from auth.secrets import new_secret, secret_hash
from auth.tables import accounts, tokens
from ground.columns import is_id, new_id, now

#: Makes a token that leaked into a file or a log easy to find.
PREFIX = "confer_"
LIFETIME = timedelta(days=365)
LONGEST_LIFETIME = timedelta(days=366)
USED_EVERY = timedelta(minutes=5)
MOST_TOKENS = 50
LONGEST_LABEL = 80
#: A revoked or expired token stays in its owner's list so long.
KEPT_AFTER_END = timedelta(days=90)

_SHAPE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """One personal token, without its secret."""

    id: str
    account_id: str
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_live(self, moment: datetime) -> bool:
        """Whether it still opens anything, as far as the token itself goes."""
        return self.revoked_at is None and self.expires_at > moment

    def is_due(self, moment: datetime) -> bool:
        """Whether `touch_token` would write anything."""
        return self.last_used_at is None or moment - self.last_used_at >= USED_EVERY


_COLUMNS = tuple(column for column in tokens.c if column.name != "token_hash")


async def create_token(
    connection: AsyncConnection, account_id: str, label: str, expires_in: timedelta = LIFETIME
) -> tuple[str, Token]:
    """A new token and its secret, which is never to be seen again. Raises ValueError with a sentence."""
    cleaned = clean_line(label, LONGEST_LABEL)
    if not cleaned:
        raise ValueError("Give the token a label, such as the program that will use it.")
    if not timedelta(0) < expires_in <= LONGEST_LIFETIME:
        raise ValueError(f"A token lasts between one day and {LONGEST_LIFETIME.days} days.")
    await lock_account(connection, account_id)  # so that two at once can't both be the last one allowed
    moment = now()
    if await count_live_tokens(connection, account_id) >= MOST_TOKENS:
        raise ValueError(f"You have {MOST_TOKENS} tokens already. Revoke one that you no longer use.")
    secret = PREFIX + new_secret()
    token = Token(new_id(), account_id, cleaned, moment, moment + expires_in, None, None)
    values = {column.name: getattr(token, column.name) for column in _COLUMNS}
    await connection.execute(insert(tokens).values(token_hash=secret_hash(secret), **values))
    return secret, token


async def find_token(connection: AsyncConnection, secret: str) -> tuple[Token, Account] | None:
    """The token and whose it is, in one query; None if it is unknown, over, or its owner may not sign in."""
    if not _SHAPE.match(secret):
        return None
    alive = and_(
        tokens.c.revoked_at.is_(None),
        tokens.c.expires_at > now(),
        accounts.c.closed_at.is_(None),
        accounts.c.suspended_at.is_(None),
    )
    query = select(*_COLUMNS, *ACCOUNT_COLUMNS).join_from(tokens, accounts)
    row = (await connection.execute(query.where(tokens.c.token_hash == secret_hash(secret), alive))).one_or_none()
    if row is None:
        return None
    return Token(*row[: len(_COLUMNS)]), account_from_row(row, len(_COLUMNS))


async def touch_token(connection: AsyncConnection, token_id: str) -> bool:
    """Note that the token is in use, at most every five minutes: True if anything was written."""
    moment = now()
    stale = tokens.c.last_used_at.is_(None) | (tokens.c.last_used_at <= moment - USED_EVERY)
    result = await connection.execute(update(tokens).where(tokens.c.id == token_id, stale).values(last_used_at=moment))
    return result.rowcount == 1


async def list_tokens(connection: AsyncConnection, account_id: str) -> list[Token]:
    """A person's tokens, the newest first, those that ended lately among them."""
    query = (
        select(*_COLUMNS).where(tokens.c.account_id == account_id).order_by(tokens.c.id.desc()).limit(4 * MOST_TOKENS)
    )
    return [Token(*row) for row in await connection.execute(query)]


async def revoke_token(connection: AsyncConnection, account_id: str, token_id: str) -> bool:
    """Revoke one token of this person; False if it is not theirs or was revoked already."""
    if not is_id(token_id):
        return False
    condition = and_(tokens.c.id == token_id, tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None))
    return (await connection.execute(update(tokens).where(condition).values(revoked_at=now()))).rowcount == 1


async def revoke_tokens(connection: AsyncConnection, account_id: str) -> int:
    """Revoke every token of this person that still works; how many. None can be made in between."""
    await lock_account(connection, account_id)
    live = _live(account_id, moment := now())
    return (await connection.execute(update(tokens).where(live).values(revoked_at=moment))).rowcount


async def count_live_tokens(connection: AsyncConnection, account_id: str) -> int:
    """How many tokens of this person still open something."""
    return await connection.scalar(select(func.count()).where(_live(account_id, now()))) or 0


def _live(account_id: str, moment: datetime) -> ColumnElement[bool]:
    return and_(tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None), tokens.c.expires_at > moment)


async def forget_ended_tokens(connection: AsyncConnection) -> int:
    """Delete tokens that ended long ago; how many."""
    limit = now() - KEPT_AFTER_END
    over = (tokens.c.expires_at <= limit) | (tokens.c.revoked_at <= limit)
    return (await connection.execute(delete(tokens).where(over))).rowcount
