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
    op.create_table(
        "cases",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("post_id", ground.columns.Identifier(), nullable=True),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("opened_at", ground.columns.Moment(), nullable=False),
        sa.Column("report_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_by", ground.columns.Identifier(), nullable=True),
        sa.Column("taken_until", ground.columns.Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=10), server_default="", nullable=False),
        sa.Column("decided_by", ground.columns.Identifier(), nullable=True),
        sa.Column("decided_at", ground.columns.Moment(), nullable=True),
        sa.Column("answer", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("act_id", ground.columns.Identifier(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("outcome IN ('', 'agreed', 'disagreed', 'ignored')", name=op.f("ck_cases_outcome")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_cases_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_cases_post_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_cases_account_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["accounts.id"], name=op.f("fk_cases_taken_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_cases_decided_by")),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_cases_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_network_id", "cases", ["network_id", "opened_at"])
    op.create_index("ix_cases_post_id", "cases", ["post_id"])
    op.create_index("ix_cases_account_id", "cases", ["account_id", "network_id"])
    is_open_post, is_open_person = (sa.text(f"outcome = '' AND post_id IS {kind}NULL") for kind in ("NOT ", ""))
    op.create_index(
        "uq_cases_open_post",
        "cases",
        ["post_id"],
        unique=True,
        postgresql_where=is_open_post,
        sqlite_where=is_open_post,
    )
    op.create_index(
        "uq_cases_open_person",
        "cases",
        ["network_id", "account_id"],
        unique=True,
        postgresql_where=is_open_person,
        sqlite_where=is_open_person,
    )
    op.create_table(
        "reports",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("case_id", ground.columns.Identifier(), nullable=False),
        sa.Column("reporter_id", ground.columns.Identifier(), nullable=True),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=4000), server_default="", nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reports_case_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["accounts.id"], name=op.f("fk_reports_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_reports_receipt_hash")),
    )
    op.create_index("uq_reports_once", "reports", ["case_id", "reporter_id"], unique=True)
    op.create_index("ix_reports_reporter_id", "reports", ["reporter_id", "created_at"])
    op.add_column("posts", sa.Column("hidden_rule", sa.String(length=20), server_default="", nullable=False))
    op.add_column("posts", sa.Column("erased_at", ground.columns.Moment(), nullable=True))
