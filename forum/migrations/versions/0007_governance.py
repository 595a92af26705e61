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
    _break_glass()
    _review_access()


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


def _break_glass() -> None:
    op.create_table(
        "broken_glass",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("begun_at", ground.columns.Moment(), nullable=False),
        sa.Column("ends_at", ground.columns.Moment(), nullable=False),
        sa.Column("ended_at", ground.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_broken_glass_network_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_broken_glass_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    op.create_index("ix_broken_glass_account_id", "broken_glass", ["account_id", "ends_at"])
    op.create_index("ix_broken_glass_network_id", "broken_glass", ["network_id", "ends_at"])


def _review_access() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("begun_at", ground.columns.Moment(), nullable=False),
        sa.Column("begun_by", ground.columns.Identifier(), nullable=False),
        sa.Column("signed_at", ground.columns.Moment(), nullable=True),
        sa.Column("signed_by", ground.columns.Identifier(), nullable=True),
        sa.Column("audit_row_id", ground.columns.Identifier(), nullable=True),
        sa.Column("open_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_reviews_network_id")),
        sa.ForeignKeyConstraint(["begun_by"], ["accounts.id"], name=op.f("fk_reviews_begun_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["accounts.id"], name=op.f("fk_reviews_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    is_open = sa.text("signed_at IS NULL")
    op.create_index(
        "uq_reviews_open", "reviews", ["network_id"], unique=True, postgresql_where=is_open, sqlite_where=is_open
    )
    op.create_index("ix_reviews_network_id", "reviews", ["network_id", "begun_at"])
    op.create_table(
        "review_decisions",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("review_id", ground.columns.Identifier(), nullable=False),
        sa.Column("membership_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("decision", sa.String(length=4), nullable=False),
        sa.Column("decided_at", ground.columns.Moment(), nullable=False),
        sa.Column("decided_by", ground.columns.Identifier(), nullable=False),
        sa.Column("answered_at", ground.columns.Moment(), nullable=True),
        sa.Column("done_at", ground.columns.Moment(), nullable=True),
        sa.CheckConstraint("decision IN ('keep', 'ask', 'end')", name=op.f("ck_review_decisions_decision")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_review_decisions_review_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_review_decisions_membership_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_review_decisions_account_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_review_decisions_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decisions")),
    )
    op.create_index("uq_review_decisions_once", "review_decisions", ["review_id", "membership_id"], unique=True)
    op.create_index("ix_review_decisions_account_id", "review_decisions", ["account_id"])
