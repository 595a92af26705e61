"""Files of the store, and how much of it each network has."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("kept_at", ground.columns.Moment(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_blobs_size")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_blobs_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("parts", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("expires_at", ground.columns.Moment(), nullable=False),
        sa.CheckConstraint("received >= 0 AND received <= size", name=op.f("ck_uploads_received")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_uploads_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_uploads_network_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_uploads_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_account_id", "uploads", ["account_id"])
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.add_column("networks", sa.Column("stored_bytes", sa.BigInteger(), server_default="0", nullable=False))
