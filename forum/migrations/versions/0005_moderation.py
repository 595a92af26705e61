"""Reports, acts of moderation, appeals."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("post_id", ground.columns.Identifier(), nullable=True),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=True),
        sa.Column("account_id", ground.columns.Identifier(), nullable=True),
        sa.Column("rule", sa.String(length=20), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("by_id", ground.columns.Identifier(), nullable=True),
        sa.Column("at", ground.columns.Moment(), nullable=False),
        sa.Column("until", ground.columns.Moment(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("undone_at", ground.columns.Moment(), nullable=True),
        sa.Column("undone_by", ground.columns.Identifier(), nullable=True),
        sa.Column("appeal", sa.Text(), server_default="", nullable=False),
        sa.Column("appealed_at", ground.columns.Moment(), nullable=True),
        sa.Column("appeal_by_id", ground.columns.Identifier(), nullable=True),
        sa.Column("appeal_decided_at", ground.columns.Moment(), nullable=True),
        sa.Column("appeal_outcome", sa.String(length=10), server_default="", nullable=False),
        sa.Column("appeal_answer", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_acts_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_acts_post_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_acts_thread_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_acts_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_acts_by_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["accounts.id"], name=op.f("fk_acts_undone_by")),
        sa.ForeignKeyConstraint(["appeal_by_id"], ["accounts.id"], name=op.f("fk_acts_appeal_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index("ix_acts_account_id", "acts", ["account_id", "network_id"])
    op.create_index("ix_acts_network_id_at", "acts", ["network_id", "at"])
    op.create_index("ix_acts_post_id", "acts", ["post_id"])
    op.create_index("ix_acts_thread_id", "acts", ["thread_id"])
