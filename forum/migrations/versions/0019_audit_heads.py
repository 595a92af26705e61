"""Where each chain of the audit log stood, taken down under the seal of a row of the site's."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("row_id", ground.columns.Identifier(), nullable=False),
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("row_id", "chain", name=op.f("pk_audit_heads")),
    )
    op.create_index("ix_audit_heads_chain_number", "audit_heads", ["chain", "number"])
