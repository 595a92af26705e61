"""Notifications and what each person wants to hear."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=True),
        sa.Column("object_id", ground.columns.Identifier(), nullable=False),
        sa.Column("actor_id", ground.columns.Identifier(), nullable=True),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("read_at", ground.columns.Moment(), nullable=True),
        sa.Column("mailed_at", ground.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_notifications_network_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_notifications_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_by_time", "notifications", ["account_id", "created_at"])
    op.create_index("uq_notifications_once", "notifications", ["account_id", "kind", "object_id"], unique=True)
