"""What the worker does for this slice: the letter to who is asked whether they still need access."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from auth.tables import accounts
from forum.mailing import Letter, LetterWriter
from forum.state import State
from forum.tables import memberships, networks, review_decisions, reviews
from forum.tasks import Chore, Doer
from realtime.transaction import Transaction

Reference = Mapping[str, str]


async def write_asked(state: State, tx: Transaction, reference: Reference) -> Letter | None:
    """To a member: whether they still need access. Not once they have answered, left, or nobody asks any more."""
    asked = (
        select(networks.c.name, accounts.c.email, accounts.c.name.label("person"))
        .select_from(review_decisions.join(reviews, reviews.c.id == review_decisions.c.review_id))
        .join(networks, networks.c.id == reviews.c.network_id)
        .join(memberships, memberships.c.id == review_decisions.c.membership_id)
        .join(accounts, accounts.c.id == review_decisions.c.account_id)
        .where(review_decisions.c.id == reference["decision_id"], review_decisions.c.decision == "ask")
        .where(review_decisions.c.answered_at.is_(None))
        .where(memberships.c.current, memberships.c.status == "active")
        .where(accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None), accounts.c.email.is_not(None))
    )
    row = (await tx.execute(asked)).first()
    if row is None:
        return None
    link = f"{state.settings.public_url}/access/{reference['decision_id']}"
    context = {"network_name": row.name, "link": link}
    return Letter(row.email, row.person, f"Do you still need {row.name}?", "review_asked", context)


LETTERS: Mapping[str, LetterWriter] = {"review_asked": write_asked}
TASKS: Mapping[str, Doer] = {}
CHORES: Sequence[Chore] = ()
