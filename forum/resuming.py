"""A membership whose end was undone goes on as it was: what its person has read, and what waits for them.

To be called once it stands again, while it and its network are held. Its reading marks were kept: how many posts of
the network are read is counted anew from them, for threads may have come, moved and gone meanwhile. What mentions or
answers its person and they have not read waits for them again, and so does what did since they went.
"""

import json
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, insert, or_, select, update

from forum.events import NeedsChanged
from forum.policy import threads_readable_by_account
from forum.streams import account_stream
from forum.tables import addressed_posts, memberships, mentions, moved_posts, networks, posts, read_states, threads
from realtime.transaction import Transaction

_MOST_ADDRESSED = 500
_own = and_(read_states.c.account_id == memberships.c.account_id, read_states.c.network_id == memberships.c.network_id)
_answered = posts.alias("answered_post")


async def go_on(tx: Transaction, membership_id: str, network_id: str, account_id: str) -> None:
    """Count what is read in this membership, and let wait what speaks to its person."""
    this = memberships.c.id == membership_id
    await tx.execute(update(memberships).where(this).values(read_count=_read_count()))
    await _address_again(tx, membership_id, network_id, account_id)


def _read_count() -> ColumnElement[int]:
    """Of a row of `memberships`: the baseline, what is read above it, and what has moved away from there."""
    kept = select(func.coalesce(func.sum(read_states.c.read_count), 0)).where(_own)
    covered = (
        select(func.count())
        .select_from(read_states.join(posts, posts.c.thread_id == read_states.c.thread_id))
        .where(_own, posts.c.position <= memberships.c.baseline)
    )
    moved = select(func.count()).where(
        moved_posts.c.network_id == memberships.c.network_id, moved_posts.c.position > memberships.c.baseline
    )
    above, below, away = (each.correlate(memberships).scalar_subquery() for each in (kept, covered, moved))
    return memberships.c.baseline + above - below + away


def _speaking(membership_id: str, network_id: str, account_id: str) -> Any:
    """Posts that mention or answer the person above their baseline, with what they have read of each thread."""
    named = select(mentions.c.post_id).where(mentions.c.account_id == account_id)
    baseline = select(memberships.c.baseline).where(memberships.c.id == membership_id).scalar_subquery()
    reading = and_(read_states.c.thread_id == posts.c.thread_id, read_states.c.account_id == account_id)
    joined = (
        posts.join(threads, threads.c.id == posts.c.thread_id)
        .join(networks, networks.c.id == threads.c.network_id)
        .outerjoin(_answered, _answered.c.id == posts.c.reply_to_id)
        .outerjoin(read_states, reading)
    )
    return (
        select(
            posts.c.id,
            posts.c.thread_id,
            posts.c.number,
            posts.c.position,
            cast(read_states.c.ranges, String).label("read"),
        )
        .select_from(joined)
        .where(
            posts.c.network_id == network_id,
            posts.c.position > baseline,
            posts.c.removed_at.is_(None),
            posts.c.author_id != account_id,
            or_(_answered.c.author_id == account_id, posts.c.id.in_(named)),
            threads_readable_by_account(account_id),
        )
        .order_by(posts.c.position.desc())
        .limit(_MOST_ADDRESSED)
    )


async def _address_again(tx: Transaction, membership_id: str, network_id: str, account_id: str) -> None:
    found = (await tx.execute(_speaking(membership_id, network_id, account_id))).all()
    waiting = [
        {
            "account_id": account_id,
            "post_id": row.id,
            "network_id": network_id,
            "thread_id": row.thread_id,
            "number": row.number,
            "position": row.position,
        }
        for row in found
        if not any(first <= row.number <= last for first, last in json.loads(row.read or "[]"))
    ]
    if waiting:
        await tx.execute(insert(addressed_posts), waiting)
        tx.emit(account_stream(account_id), NeedsChanged(account_id))
