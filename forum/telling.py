"""People are told something: a line on their list, and as they wish a mail. For every slice, in its own transaction.

What a line says is worked out when it is read or sent, by what its reader may see then; it holds ids only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.tables import accounts
from forum.events import NeedsChanged, NotificationCreated, NotificationsChanged
from forum.hot_reads import JsonRows
from forum.notification_kinds import (
    ADMINISTRATORS_KINDS,
    COUNTED_ELSEWHERE,
    MODERATORS_KINDS,
    PERSONAL_KINDS,
    UNSIGNED_KINDS,
    WITH_OWN_LETTER,
    WITH_OWN_LETTER_AT_ONCE,
    NotificationKind,
)
from forum.streams import account_stream
from forum.tables import (
    addressed_posts,
    mail_wishes,
    memberships,
    network_watches,
    notifications,
    posts,
    threads,
)
from ground.columns import new_id, now
from realtime.transaction import Transaction


def is_one_of(kinds: Collection[NotificationKind]) -> ColumnElement[bool]:
    """Lines of these kinds. Not IN: hot statements are compiled without its list."""
    return or_(*(notifications.c.kind == kind for kind in sorted(kinds)))


# Rows of `notifications` that their reader may know of now: what a network is told goes to its members, and what its
# administrators are told to those who still are.
_LEAST_ROLE = or_(
    not_(is_one_of(MODERATORS_KINDS | ADMINISTRATORS_KINDS)),
    memberships.c.role == "administrator",
    and_(memberships.c.role == "moderator", is_one_of(MODERATORS_KINDS)),
)
# Where nobody else can judge an appeal, or do what was granted, an administrator of the site does, who need be no
# member.
_FOR_THE_SITE = and_(
    is_one_of(("appeal.made", "appeal.granted")),
    exists(
        select(accounts.c.id).where(accounts.c.id == notifications.c.account_id, accounts.c.site_administrator)
    ).correlate(notifications),
)
LINES_SHOWN = or_(
    is_one_of(PERSONAL_KINDS),
    _FOR_THE_SITE,
    exists(
        select(memberships.c.id).where(
            memberships.c.account_id == notifications.c.account_id,
            memberships.c.network_id == notifications.c.network_id,
            memberships.c.current,
            memberships.c.status == "active",
            _LEAST_ROLE,
        )
    ).correlate(notifications),
)
LINES_WAITING = and_(notifications.c.read_at.is_(None), notifications.c.counts, LINES_SHOWN)
"""Those of them that the bell counts."""
ONE_LINE = func.coalesce(notifications.c.thread_id, notifications.c.id)
"""What is written in one thread counts as one."""


def waiting_lines(most: int) -> Any:
    """Of a row of `accounts`, the lines that the bell counts, as JSON: by an index that holds such lines alone."""
    some = (
        select(ONE_LINE.label("what"))
        .where(notifications.c.account_id == accounts.c.id, LINES_WAITING)
        .limit(literal_column(str(most)))
        .correlate(accounts)
        .subquery("lines_some")
    )
    return select(JsonRows(some.c.what)).scalar_subquery()


def _telling(dialect_insert: Any) -> Any:
    """One line for one person; what they were told before of the same thing comes up again."""
    statement = dialect_insert(notifications)
    told_anew = ("network_id", "created_at", "read_at", "actor_id", "mail", "mail_id")
    new = {name: statement.excluded[name] for name in told_anew}
    return statement.on_conflict_do_update(index_elements=["account_id", "kind", "object_id"], set_=new).returning(
        notifications.c.id
    )


_TELL: dict[str, Any] = {"postgresql": _telling(postgresql.insert), "sqlite": _telling(sqlite.insert)}
_MAIL = (
    select(accounts.c.id, func.coalesce(network_watches.c.mail, mail_wishes.c.mail, "bundled"))
    .select_from(
        accounts.outerjoin(mail_wishes, mail_wishes.c.account_id == accounts.c.id).outerjoin(
            network_watches,
            and_(
                network_watches.c.account_id == accounts.c.id,
                network_watches.c.network_id == bindparam("network_id", type_=network_watches.c.network_id.type),
            ),
        )
    )
    .where(accounts.c.id.in_(bindparam("account_ids", expanding=True)), accounts.c.closed_at.is_(None))
    .order_by(accounts.c.id)
)
_PART = 500


async def wants_mail(connection: AsyncConnection, account_id: str, network_id: str) -> bool:
    """Whether this person lets mail about the network come at all, at once or bundled."""
    asked = {"network_id": network_id, "account_ids": [account_id]}
    rows = (await connection.execute(_MAIL, asked)).all()
    return any(row[1] != "never" for row in rows)


async def want_mail_at_once(connection: AsyncConnection, account_ids: Sequence[str], network_id: str) -> list[str]:
    """Those of these people who want a mail about the network for each thing, moments after it happens."""
    rows = (await connection.execute(_MAIL, {"network_id": network_id, "account_ids": account_ids})).all()
    return [row[0] for row in rows if row[1] == "at_once"]


async def tell(
    tx: Transaction,
    account_ids: Iterable[str],
    kind: NotificationKind,
    object_id: str,
    *,
    network_id: str | None = None,
    actor_id: str | None = None,
) -> None:
    """Tell these people of `object_id`, once each, but for who did it; that is kept where their reader may learn it."""
    moment, whom = now(), sorted(set(account_ids) - {actor_id})
    for start in range(0, len(whom), _PART):
        asked = {"network_id": network_id, "account_ids": whom[start : start + _PART]}
        for account_id, mail in [tuple(row) for row in await tx.execute(_MAIL, asked)]:
            row = {
                "id": new_id(),
                "account_id": account_id,
                "kind": kind,
                "network_id": network_id,
                "object_id": object_id,
                "actor_id": None if kind in UNSIGNED_KINDS else actor_id,
                "counts": kind not in COUNTED_ELSEWHERE,
                "created_at": moment,
                "read_at": None,
                "mail": mail_for(kind, mail),
                "mail_id": None,
            }
            line_id = (await tx.execute(_TELL[tx.connection.dialect.name], row)).scalar_one()
            # Somebody from an archive, who never came, has none yet.
            await tx.create_stream(account_stream(account_id))
            tx.emit(account_stream(account_id), NotificationCreated(line_id))


def mail_for(kind: NotificationKind, choice: str) -> str | None:
    """How a line of this kind goes out by mail to somebody who chose so; None where it does not."""
    has_own = kind in WITH_OWN_LETTER or (kind in WITH_OWN_LETTER_AT_ONCE and choice == "at_once")
    return None if choice == "never" or has_own else choice


async def take_back(tx: Transaction, kind: NotificationKind, object_id: str) -> None:
    """What was told of this is nothing to anybody any more: a request that was answered, a post that was removed."""
    gone = delete(notifications).where(notifications.c.object_id == object_id, notifications.c.kind == kind)
    changed((await tx.execute(gone.returning(notifications.c.account_id))).scalars(), tx)


async def settle(tx: Transaction, kind: NotificationKind, object_id: str) -> None:
    """What was told of this calls for nothing any more, for whoever was told: it is read."""
    these = (notifications.c.object_id == object_id, notifications.c.kind == kind, notifications.c.read_at.is_(None))
    read = update(notifications).where(*these).values(read_at=now()).returning(notifications.c.account_id)
    changed((await tx.execute(read)).scalars(), tx)


def changed(account_ids: Iterable[str], tx: Transaction) -> None:
    """Say to these people's screens that lines of theirs were read or are gone."""
    for account_id in set(account_ids):
        tx.emit(account_stream(account_id), NotificationsChanged(account_id))


# -- What is read ------------------------------------------------------------------------------

_UNREAD_OF_THREAD = select(notifications.c.id, notifications.c.number).where(
    notifications.c.account_id == bindparam("reader_id", type_=notifications.c.account_id.type),
    notifications.c.thread_id == bindparam("in_thread", type_=notifications.c.thread_id.type),
    notifications.c.read_at.is_(None),
)
_MOST_IDS = 500


async def note_read(tx: Transaction, account_id: str, thread_id: str, ranges: Sequence[Sequence[int]]) -> None:
    """Lines about these posts of the thread are read with them."""
    rows = (await tx.execute(_UNREAD_OF_THREAD, {"reader_id": account_id, "in_thread": thread_id})).all()
    await _read(tx, account_id, [row.id for row in rows if any(first <= row.number <= last for first, last in ranges)])


async def note_all_read(tx: Transaction, account_id: str, network_id: str, position: int) -> None:
    """Lines about posts of the network up to this position are read with them."""
    found = (
        select(notifications.c.id)
        .join(posts, and_(posts.c.thread_id == notifications.c.thread_id, posts.c.number == notifications.c.number))
        .where(notifications.c.account_id == account_id, notifications.c.read_at.is_(None))
        .where(posts.c.network_id == network_id, posts.c.position <= position)
    )
    await _read(tx, account_id, list((await tx.execute(found)).scalars()))


async def _read(tx: Transaction, account_id: str, line_ids: Sequence[str]) -> None:
    if not line_ids:
        return
    moment = now()
    for start in range(0, len(line_ids), _MOST_IDS):
        some = notifications.c.id.in_(line_ids[start : start + _MOST_IDS])
        await tx.execute(update(notifications).where(some).values(read_at=moment))
    changed([account_id], tx)


async def read_lines(tx: Transaction, account_id: str, *conditions: ColumnElement[bool], moment: datetime) -> int:
    """Mark lines of this person that meet the conditions as read; their posts wait no more. How many there were."""
    mine = (notifications.c.account_id == account_id, notifications.c.read_at.is_(None), *conditions)
    spoken = select(notifications.c.object_id).where(*mine, notifications.c.thread_id.is_not(None))
    waiting = delete(addressed_posts).where(
        addressed_posts.c.account_id == account_id, addressed_posts.c.post_id.in_(spoken)
    )
    if (await tx.execute(waiting)).rowcount:
        tx.emit(account_stream(account_id), NeedsChanged(account_id))
    read: int = (await tx.execute(update(notifications).where(*mine).values(read_at=moment))).rowcount
    if read:
        changed([account_id], tx)
    return read


async def forget_network(tx: Transaction, account_id: str, network_id: str) -> None:
    """What a network told somebody is nothing to them once they are no member, or a member anew."""
    theirs = not_(is_one_of(PERSONAL_KINDS))
    mine = (notifications.c.account_id == account_id, notifications.c.network_id == network_id, theirs)
    if (await tx.execute(delete(notifications).where(*mine))).rowcount:
        changed([account_id], tx)


async def settle_moved(tx: Transaction, thread_ids: Collection[str]) -> None:
    """Lines about threads that are in another network now are of that one, and nothing to those who are not in it."""
    these = notifications.c.thread_id.in_(thread_ids)
    # Correlated by hand: by itself that goes one level up only, and each line would be asked about all others.
    of_thread = select(threads.c.network_id).where(threads.c.id == notifications.c.thread_id)
    home = of_thread.correlate(notifications).scalar_subquery()
    member = select(memberships.c.id).where(
        memberships.c.account_id == notifications.c.account_id,
        memberships.c.network_id == home,
        memberships.c.current,
        memberships.c.status == "active",
    )
    is_member = member.correlate(notifications).exists()
    gone = delete(notifications).where(these, ~is_member).returning(notifications.c.account_id)
    moved = update(notifications).where(these).values(network_id=home).returning(notifications.c.account_id)
    changed([*(await tx.execute(gone)).scalars(), *(await tx.execute(moved)).scalars()], tx)


# -- What was written --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A line about a post or a thread, to be written for a member."""

    account_id: str
    kind: NotificationKind
    object_id: str
    network_id: str
    actor_id: str
    thread_id: str
    number: int
    created_at: datetime
    is_read: bool
    mail: str


_FIELDS = ("id", "account_id", "kind", "network_id", "object_id", "actor_id", "thread_id", "number", "counts")
_FIELDS_LATER = ("created_at", "read_at", "mail")


def _for_member() -> Any:
    """One line, where the person is a member at this moment."""
    names = (*_FIELDS, *_FIELDS_LATER)
    values = [bindparam(f"new_{name}", type_=notifications.c[name].type) for name in names]
    is_member = exists(
        select(literal(1)).where(
            memberships.c.account_id == bindparam("new_account_id", type_=memberships.c.account_id.type),
            memberships.c.network_id == bindparam("new_network_id", type_=memberships.c.network_id.type),
            memberships.c.current,
            memberships.c.status == "active",
        )
    )
    return insert(notifications).from_select(names, select(*values).where(is_member), include_defaults=False)


_FOR_MEMBER = _for_member()
_WRITTEN = select(notifications.c.account_id, notifications.c.id).where(
    notifications.c.id.in_(bindparam("line_ids", expanding=True))
)


async def tell_members(tx: Transaction, lines: Collection[Line]) -> None:
    """Write these lines for people who are members still; nobody may have any of them yet."""
    if not lines:
        return
    rows = [_row(line) for line in lines]
    # All in one go: on SQLite whoever posts waits until this transaction has ended.
    await tx.execute(_FOR_MEMBER, rows)
    there = await tx.execute(_WRITTEN, {"line_ids": [row["new_id"] for row in rows]})
    written: dict[str, list[str]] = {}
    for row in there:
        written.setdefault(row.account_id, []).append(row.id)
    for account_id, line_ids in written.items():
        alone = len(line_ids) == 1
        change = NotificationCreated(line_ids[0]) if alone else NotificationsChanged(account_id)
        tx.emit(account_stream(account_id), change)


def _row(line: Line) -> Mapping[str, Any]:
    values = {name: getattr(line, name) for name in _FIELDS if hasattr(line, name)}
    values |= {"id": new_id(), "counts": line.kind not in COUNTED_ELSEWHERE, "created_at": line.created_at}
    values |= {
        "read_at": now() if line.is_read else None,
        "mail": None if line.is_read else mail_for(line.kind, line.mail),
    }
    return {f"new_{name}": value for name, value in values.items()}
