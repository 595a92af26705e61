"""What people were called when a review was signed is kept, so that the page stands as it was signed."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import insert, select

from auth.tables import accounts
from forum.audit import canonical, hash_of_word
from forum.reviews.queries import Decided
from forum.tables import review_decisions, review_names, reviews
from realtime.transaction import Transaction


async def keep_names(tx: Transaction, review_id: str, signer_id: str, decided: Sequence[Decided]) -> Mapping[str, str]:
    """Keep the names of all who stand on the page, and who begun, decided and signed; by account what proves each."""
    roles = {each.person.id: each.role for each in decided}
    deciders = select(review_decisions.c.decided_by).where(review_decisions.c.review_id == review_id)
    begun_by = select(reviews.c.begun_by).where(reviews.c.id == review_id)
    others = {*await tx.connection.scalars(deciders), *await tx.connection.scalars(begun_by), signer_id} - roles.keys()
    called = {each.person.id: (each.person.name, each.person.organisation) for each in decided}
    asked = select(accounts.c.id, accounts.c.name, accounts.c.organisation).where(accounts.c.id.in_(others))
    called |= {row.id: (row.name, row.organisation) for row in await tx.execute(asked)}
    rows = []
    for account_id, (name, organisation) in called.items():
        salt = secrets.token_hex(16)
        row = {"review_id": review_id, "account_id": account_id, "name": name, "organisation": organisation}
        proof = hash_of_word(salt, canonical([name, organisation]))
        rows.append(row | {"role": roles.get(account_id, ""), "salt": salt, "proof": proof})
    if rows:
        await tx.execute(insert(review_names), rows)
    return {row["account_id"]: row["proof"] for row in rows}
