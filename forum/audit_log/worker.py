"""What the worker does for this slice: the letter about broken glass, its end, and where each log stood, once a day."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from auth.tables import accounts
from forum.audit_heads import keep_heads
from forum.audit_log.glass_commands import end_by_itself
from forum.mailing import Letter, LetterWriter
from forum.policy import member_of
from forum.rendering import moment_words
from forum.state import State
from forum.tables import broken_glass, networks
from forum.tasks import Chore, Doer
from ground.columns import now
from realtime.transaction import Transaction

Reference = Mapping[str, str]
_A_DAY = timedelta(hours=20)
"""A little less: chores come round every hour or so."""


async def write_glass_broken(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To an administrator of the network: that somebody who looks after the site reads it, and why."""
    readers = accounts.alias("readers")
    asked = (
        select(
            networks.c.name,
            networks.c.slug,
            broken_glass.c.reason,
            broken_glass.c.ends_at,
            readers.c.name.label("reader"),
            accounts.c.email,
            accounts.c.name.label("person"),
        )
        .select_from(broken_glass.join(networks, networks.c.id == broken_glass.c.network_id))
        .join(readers, readers.c.id == broken_glass.c.account_id)
        .join(accounts, accounts.c.id == reference["account_id"])
        .where(broken_glass.c.id == reference["glass_id"], member_of(reference["account_id"], "administrator"))
        .where(accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None), accounts.c.email.is_not(None))
    )
    row = (await tx.execute(asked)).first()
    if row is None:
        return None
    context = {
        "network_name": row.name,
        "reader": row.reader,
        "reason": row.reason,
        "until": moment_words(row.ends_at, ZoneInfo(state.settings.time_zone)),
        "link": f"{state.settings.public_url}/networks/{row.slug}/log",
    }
    return Letter(row.email, row.person, f"{row.reader} is reading {row.name}", "glass_broken", context)


async def mend_glass(state: State, tx: Transaction, reference: Reference) -> None:
    """The time for which the glass was broken is over."""
    await end_by_itself(tx, reference["glass_id"])


async def keep_heads_daily(state: State) -> None:
    """Take down where the chains of the log stand, once a day."""
    async with state.transaction() as tx:
        await keep_heads(tx, unless_since=now() - _A_DAY)


LETTERS: Mapping[str, LetterWriter] = {"glass_broken": write_glass_broken}
TASKS: Mapping[str, Doer] = {"glass": mend_glass}
CHORES: Sequence[Chore] = (keep_heads_daily,)
