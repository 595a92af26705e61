"""Archived and deleted networks, announcements, broken glass."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _archive_and_delete_networks()
    _announce()
    _count_weeks()


def _archive_and_delete_networks() -> None:
    for name in ("archived_at", "deletes_at", "deleted_at"):
        op.add_column("networks", sa.Column(name, ground.columns.Moment(), nullable=True))
    weekly = sa.Column("weekly_announcements", sa.Integer(), server_default="2", nullable=False)
    op.add_column("networks", weekly)
    op.add_column("networks", sa.Column("is_announcing", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def _announce() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("author_id", ground.columns.Identifier(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_announcements_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_announcements_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index("ix_announcements_by_time", "announcements", ["network_id", "created_at"])
    op.create_table(
        "announcement_reads",
        sa.Column("announcement_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("read_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_announcement_reads_account_id")),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_announcement_reads_announcement_id")
        ),
        sa.PrimaryKeyConstraint("announcement_id", "account_id", name=op.f("pk_announcement_reads")),
    )


def _count_weeks() -> None:
    op.create_table(
        "network_weeks",
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("week_on", sa.String(length=10), nullable=False),
        sa.Column("active_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_weeks_network_id")),
        sa.PrimaryKeyConstraint("network_id", "week_on", name=op.f("pk_network_weeks")),
    )
