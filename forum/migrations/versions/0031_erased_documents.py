"""Lines at the addresses of documents that were erased for good."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_documents",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("is_narrowed", sa.Boolean(), nullable=False),
        sa.Column("concerned_id", ground.columns.Identifier(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("erased_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_erased_documents_network_id")),
        sa.ForeignKeyConstraint(["concerned_id"], ["accounts.id"], name=op.f("fk_erased_documents_concerned_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_documents")),
    )
    op.create_index("ix_erased_documents_concerned_id", "erased_documents", ["concerned_id"])
    op.create_index("ix_erased_documents_network_id", "erased_documents", ["network_id"])
