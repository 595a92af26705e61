"""Sessions: one for each browser that is signed in, found by a secret of which only the hash is stored."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.accounts import ACCOUNT_COLUMNS, Account, account_from_row
from auth.secrets import new_secret, secret_hash
from auth.tables import accounts, sessions
from ground.columns import is_id, new_id, now

#: A session ends after so long without a visit.
LIFETIME = timedelta(days=30)
#: `seen_at` is written at most so often, so that reading stays reading.
SEEN_EVERY = timedelta(minutes=5)
#: More browsers than anybody has; the one not seen for longest makes way.
MOST_SESSIONS = 100


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser; `user_agent` is short, such as "Firefox on Windows"."""

    id: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    user_agent: str

    def is_due(self, moment: datetime) -> bool:
        """Whether `touch_session` would write anything."""
        return moment - self.seen_at >= SEEN_EVERY


_COLUMNS = tuple(column for column in sessions.c if column.name != "token_hash")


async def start_session(connection: AsyncConnection, account_id: str, user_agent: str) -> str:
    """Sign a browser in; returns the secret for its cookie. Always a new one, whatever cookie came along."""
    secret, moment = new_secret(), now()
    await _make_room(connection, account_id, moment)
    await connection.execute(
        insert(sessions).values(
            id=new_id(),
            token_hash=secret_hash(secret),
            account_id=account_id,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + LIFETIME,
            user_agent=describe_browser(user_agent),
        )
    )
    return secret


async def find_session(connection: AsyncConnection, secret: str) -> tuple[Session, Account] | None:
    """The session that this cookie opens and whose it is, in one query; None if it ended or may not sign in."""
    query = select(*_COLUMNS, *ACCOUNT_COLUMNS).join_from(sessions, accounts)
    alive = and_(sessions.c.expires_at > now(), accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None))
    row = (await connection.execute(query.where(sessions.c.token_hash == secret_hash(secret), alive))).one_or_none()
    if row is None:
        return None
    return Session(*row[: len(_COLUMNS)]), account_from_row(row, len(_COLUMNS))


async def touch_session(connection: AsyncConnection, session_id: str) -> bool:
    """Note that the browser is here, and let the session last another 30 days. At most every five minutes:
    True if anything was written."""
    moment = now()
    due = and_(sessions.c.id == session_id, sessions.c.seen_at <= moment - SEEN_EVERY, sessions.c.expires_at > moment)
    result = await connection.execute(update(sessions).where(due).values(seen_at=moment, expires_at=moment + LIFETIME))
    return result.rowcount == 1


async def list_sessions(connection: AsyncConnection, account_id: str) -> list[Session]:
    """A person's sessions that have not ended, the one seen last first; at most MOST_SESSIONS."""
    query = select(*_COLUMNS).where(sessions.c.account_id == account_id, sessions.c.expires_at > now())
    rows = await connection.execute(
        query.order_by(sessions.c.seen_at.desc(), sessions.c.id.desc()).limit(MOST_SESSIONS)
    )
    return [Session(*row) for row in rows]


async def end_session(connection: AsyncConnection, account_id: str, session_id: str) -> bool:
    """End one session of this person; False if it is not theirs or ended already."""
    if not is_id(session_id):
        return False
    condition = and_(sessions.c.id == session_id, sessions.c.account_id == account_id)
    return (await connection.execute(delete(sessions).where(condition))).rowcount == 1


async def end_other_sessions(connection: AsyncConnection, account_id: str, keep_session_id: str | None) -> list[str]:
    """End every session of this person but one (None: every one); the ids of those that ended."""
    condition = sessions.c.account_id == account_id
    if keep_session_id is not None:
        condition = and_(condition, sessions.c.id != keep_session_id)
    return list(await connection.scalars(delete(sessions).where(condition).returning(sessions.c.id)))


async def forget_expired_sessions(connection: AsyncConnection) -> int:
    """Delete what ended by itself; how many."""
    return (await connection.execute(delete(sessions).where(sessions.c.expires_at <= now()))).rowcount


async def _make_room(connection: AsyncConnection, account_id: str, moment: datetime) -> None:
    """Delete this person's ended sessions, and the oldest where there are too many."""
    own = sessions.c.account_id == account_id
    await connection.execute(delete(sessions).where(own, sessions.c.expires_at <= moment))
    kept = select(sessions.c.id).where(own).order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
    surplus = await connection.scalars(kept.offset(MOST_SESSIONS - 1))
    if too_many := list(surplus):
        await connection.execute(delete(sessions).where(sessions.c.id.in_(too_many)))


#: The order matters: most browsers also claim to be the ones below them.
_BROWSERS = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"SamsungBrowser/", "Samsung Internet"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Safari/", "Safari"),
)
_SYSTEMS = (
    (r"iPhone|iPod", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Macintosh|Mac OS X", "a Mac"),
    (r"Linux|X11", "Linux"),
)


def describe_browser(user_agent: str) -> str:
    """A user agent in three words. No more is kept: the rest would only tell one person's machine from another's."""
    text = user_agent[:1_000]
    browser = next((name for pattern, name in _BROWSERS if re.search(pattern, text)), "A browser")
    system = next((name for pattern, name in _SYSTEMS if re.search(pattern, text)), None)
    return browser if system is None else f"{browser} on {system}"
