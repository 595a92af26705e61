"""What the worker does for this slice: letters to whom an act concerns, patient data that is erased in time, and
appeals that wait for somebody who can judge them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, case, func, select

from auth.tables import accounts
from forum.acts.elsewhere import hide_elsewhere, seek_quotations
from forum.acts.erasing import erase_more, erase_post
from forum.acts.posts import hide_more_quotations
from forum.acts.quotations import HIDDEN_WITH, REPEATS
from forum.acts.quoting import see_quoting
from forum.acts.repeating import report_repeat, seek_repeats
from forum.acts.sentences import said_to_you
from forum.acts.undoing import UNDOABLE, take_back_more_quotations
from forum.mailing import Letter, LetterWriter
from forum.moderation import moving_letters, quieting_letters, suspension_letters
from forum.moderation.judging_commands import tell_judges
from forum.moderation.quieting_commands import forget_what_was_held
from forum.policy import readable_by_account
from forum.rendering import RULES
from forum.state import State
from forum.tables import acts, networks, posts
from forum.tasks import Chore, Doer
from forum.text import plain_words
from ground.columns import now
from realtime.transaction import Transaction

PATIENT_DATA_KEPT = timedelta(days=30)
ERASED_BY_THEN = timedelta(hours=6)
"""Even a post that very many quote is erased by then, unless something went wrong."""
REPEATED_IS_ERASED = "The words that it repeated were erased for good."
ERASED_IN_TIME = "Hidden for patient data 30 days ago, and erased as announced."
_MOST_AT_ONCE = 100
_MOST_IN_A_MAIL = 2_000
_NOT_IN_MAIL = ("patient_data", "personal_data")

_USABLE = accounts.c.closed_at.is_(None) & accounts.c.verified_at.is_not(None)
_ACT = (
    select(
        acts.c.id,
        acts.c.kind,
        acts.c.rule,
        acts.c.reason,
        acts.c.undone_at,
        acts.c.appeal_outcome,
        acts.c.appeal_answer,
        accounts.c.email,
        accounts.c.name.label("person"),
        networks.c.name.label("network_name"),
        networks.c.access,
        readable_by_account(accounts.c.id).label("is_reader"),
        # What lies in another network by now is not told with this one's leave.
        case((posts.c.network_id == acts.c.network_id, posts.c.html)).label("html"),
        posts.c.erased_at,
    )
    .select_from(acts)
    .join(networks, networks.c.id == acts.c.network_id)
    .join(accounts, accounts.c.id == acts.c.account_id)
    .outerjoin(posts, posts.c.id == acts.c.post_id)
    .where(_USABLE)
)


async def _find(tx: Transaction, reference: Mapping[str, str]) -> Row[Any] | None:
    return (await tx.execute(_ACT.where(acts.c.id == reference["act_id"]))).first()


def _context(state: State, row: Row[Any]) -> dict[str, Any]:
    """What both letters need. Whoever may not know of the network any more is not told its name."""
    knows = row.is_reader or row.access in ("open", "closed")
    return {
        "network_name": row.network_name if knows else "",
        "what": said_to_you(row.kind),
        "link": f"{state.settings.public_url}/acts/{row.id}",
    }


async def write_act_concerns_me(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To whom an act concerns: what was done and why. None where it was undone before the letter went out.

    The words themselves go by mail only where everybody may read the network, and never where they are what should
    not be read: a mailbox is not ours to erase.
    """
    row = await _find(tx, reference)
    if row is None or row.undone_at is not None:
        return None
    may_carry = row.access == "open" and row.rule not in _NOT_IN_MAIL and bool(row.html)
    words = plain_words(row.html, _MOST_IN_A_MAIL)[:_MOST_IN_A_MAIL] if may_carry else ""
    context = _context(state, row) | {
        "rule": RULES.get(row.rule, ""),
        "reason": row.reason if row.access == "open" else "",
        "words": words,
        "has_words": bool(row.html) and row.erased_at is None,
        "may_appeal": row.kind in UNDOABLE and row.erased_at is None,
    }
    return Letter(row.email, row.person, _subject(state, row), "act_concerns_me", context)


def _subject(state: State, row: Row[Any]) -> str:
    return f"{said_to_you(row.kind)} on {state.settings.site_name}"


async def write_appeal_answered(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To whoever appealed: what was decided."""
    row = await _find(tx, reference)
    if row is None or not row.appeal_outcome:
        return None
    context = _context(state, row) | {
        "outcome": row.appeal_outcome,
        "answer": row.appeal_answer if row.access == "open" else "",
    }
    subject = f"Your appeal on {state.settings.site_name} is answered"
    return Letter(row.email, row.person, subject, "appeal_answered", context)


async def erase_patient_data(state: State) -> None:
    """Posts that have been hidden for patient data for 30 days, and still are; each in its own transaction."""
    overdue = (
        select(posts.c.id)
        .join(acts, acts.c.post_id == posts.c.id)
        .where(
            acts.c.kind.in_(("hide", "remove")),
            acts.c.rule == "patient_data",
            acts.c.undone_at.is_(None),
            acts.c.at < now() - PATIENT_DATA_KEPT,
            posts.c.erased_at.is_(None),
            posts.c.removed_at.is_not(None),
        )
        .group_by(posts.c.id)
        # What only quotes comes back without the words once what it quotes is erased, and so is not erased itself.
        .order_by(func.max(case((acts.c.before[HIDDEN_WITH].as_string().is_(None), 0), else_=1)), posts.c.id)
        .limit(_MOST_AT_ONCE)
    )
    async with state.database.read() as connection:
        found = list(await connection.scalars(overdue))
    for post_id in found:
        async with state.database.read() as connection:
            seen = await see_quoting(connection, post_id)
        async with state.transaction() as tx:
            # Somebody may have undone it meanwhile.
            wanted = overdue.where(posts.c.id == post_id)
            await erase_post(tx, None, post_id, ERASED_IN_TIME, only_if=wanted, seen=seen)


async def go_on_erasing(state: State) -> None:
    """What the worker was to erase in parts and has not, because a task of it was given up: it begins anew."""
    left = (
        select(acts.c.id)
        .join(posts, posts.c.id == acts.c.post_id)
        .where(acts.c.kind == "erase", acts.c.at < now() - ERASED_BY_THEN, posts.c.erased_at.is_(None))
        .limit(_MOST_AT_ONCE)
    )
    async with state.database.read() as connection:
        found = list(await connection.scalars(left))
    if found:
        async with state.transaction() as tx:
            for act_id in found:
                tx.enqueue("erase_quotations", {"act_id": act_id, "after": ""})


async def hide_quotations(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Go on hiding what quotes a post with patient data, where a network has more than one transaction looks at."""
    await hide_more_quotations(tx, reference["act_id"], reference["after"])


async def seek_quotations_elsewhere(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Look in the other networks for what quotes a post with patient data."""
    await seek_quotations(tx, reference["act_id"], reference["after"])


async def hide_quotation(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Hide one that was found there."""
    await hide_elsewhere(tx, reference["act_id"], reference["post_id"])


async def seek_repeated_words(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Look everywhere for what repeats a post with patient data without a quote's mark."""
    await seek_repeats(tx, reference["act_id"], reference["after"])


async def report_repeated_words(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Report one that was found to the moderators of its network."""
    await report_repeat(tx, reference["act_id"], reference["post_id"])


async def erase_quotations(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Go on erasing a post that very many quote."""
    await erase_more(tx, reference["act_id"], reference["after"])


async def erase_repeated_words(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Erase what was hidden because it repeats words that are erased."""
    about = (acts.c.post_id == reference["post_id"], acts.c.undone_at.is_(None), acts.c.rule == "patient_data")
    is_wanted = select(acts.c.id).where(*about, acts.c.before[REPEATS].as_string() == reference["act_id"])
    await erase_post(tx, None, reference["post_id"], REPEATED_IS_ERASED, only_if=is_wanted)


async def take_back_quotations(_: State, tx: Transaction, reference: Mapping[str, str]) -> None:
    """Go on bringing back what was hidden with a post that can be read again."""
    await take_back_more_quotations(tx, reference["act_id"], reference.get("network_id", ""))


LETTERS: Mapping[str, LetterWriter] = {
    "act_concerns_me": write_act_concerns_me,
    "appeal_answered": write_appeal_answered,
    **moving_letters.LETTERS,
    **quieting_letters.LETTERS,
    **suspension_letters.LETTERS,
}
TASKS: Mapping[str, Doer] = {
    "hide_quotations": hide_quotations,
    "seek_quotations": seek_quotations_elsewhere,
    "hide_quotation": hide_quotation,
    "seek_repeats": seek_repeated_words,
    "report_repeat": report_repeated_words,
    "erase_repeat": erase_repeated_words,
    "erase_quotations": erase_quotations,
    "take_back_quotations": take_back_quotations,
}
CHORES: Sequence[Chore] = (erase_patient_data, go_on_erasing, forget_what_was_held, tell_judges)
