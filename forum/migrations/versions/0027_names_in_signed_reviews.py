"""A signed review keeps the names that people had when it was signed."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_names",
        sa.Column("review_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_review_names_account_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_names_review_id")),
        sa.PrimaryKeyConstraint("review_id", "account_id", name=op.f("pk_review_names")),
    )
    op.create_index("ix_review_names_account_id", "review_names", ["account_id"])
