"""Documents are reported, and withdrawn by an act of moderation."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_PERSON = "outcome = '' AND post_id IS NULL AND document_id IS NULL"
_DOCUMENT = "outcome = '' AND document_id IS NOT NULL"


def upgrade() -> None:
    op.add_column("acts", sa.Column("document_id", _ID(), nullable=True))
    op.create_index("ix_acts_document_id", "acts", ["document_id"])
    op.add_column("cases", sa.Column("document_id", _ID(), nullable=True))
    op.add_column("reports", sa.Column("version_number", sa.Integer(), nullable=True))
    op.drop_index("uq_cases_open_person", "cases")
    for name, columns, where in (
        ("uq_cases_open_person", ["network_id", "account_id"], _PERSON),
        ("uq_cases_open_document", ["document_id"], _DOCUMENT),
    ):
        op.create_index(
            name, "cases", columns, unique=True, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )
