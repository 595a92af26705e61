"""Photos of people."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_photos",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("side", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_photos_account_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_account_photos_sha256")),
        sa.PrimaryKeyConstraint("account_id", "side", name=op.f("pk_account_photos")),
    )
    op.create_index("ix_account_photos_sha256", "account_photos", ["sha256"])
