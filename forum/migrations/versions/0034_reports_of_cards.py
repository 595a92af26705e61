"""Cards are reported, and removed by an act of moderation."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_PERSON = "outcome = '' AND post_id IS NULL AND document_id IS NULL AND card_id IS NULL"
_CARD = "outcome = '' AND card_id IS NOT NULL"


def upgrade() -> None:
    op.add_column("acts", sa.Column("card_id", _ID(), nullable=True))
    op.create_index("ix_acts_card_id", "acts", ["card_id"])
    op.add_column("cases", sa.Column("card_id", _ID(), nullable=True))
    op.drop_index("uq_cases_open_person", "cases")
    for name, columns, where in (
        ("uq_cases_open_person", ["network_id", "account_id"], _PERSON),
        ("uq_cases_open_card", ["card_id"], _CARD),
    ):
        op.create_index(
            name, "cases", columns, unique=True, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )
