"""Posts that wait for approval, threads that moved, slow threads, silenced people."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memberships", sa.Column("silenced_until", ground.columns.Moment(), nullable=True))
    op.add_column("memberships", sa.Column("hold_left", sa.Integer(), server_default="0", nullable=False))
    op.add_column("memberships", sa.Column("held_waiting", sa.Integer(), server_default="0", nullable=False))
    op.add_column("networks", sa.Column("hold_first", sa.Integer(), server_default="0", nullable=False))
    op.add_column("networks", sa.Column("held_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("threads", sa.Column("slow_minutes", sa.Integer(), server_default="0", nullable=False))
    _add_held_posts()
    _add_moves()
    _add_limits()


def _add_held_posts() -> None:
    op.create_table(
        "held_posts",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=True),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reply_to_id", ground.columns.Identifier(), nullable=True),
        sa.Column("author_id", ground.columns.Identifier(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=10), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("decided_by", ground.columns.Identifier(), nullable=True),
        sa.Column("decided_at", ground.columns.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_held_posts_author_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_held_posts_decided_by")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_held_posts_network_id")),
        sa.ForeignKeyConstraint(["reply_to_id"], ["posts.id"], name=op.f("fk_held_posts_reply_to_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_held_posts_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_posts")),
    )
    op.create_index("ix_held_posts_author_id", "held_posts", ["author_id", "network_id", "outcome"])
    op.create_index("ix_held_posts_network_id", "held_posts", ["network_id", "outcome", "id"])


def _add_moves() -> None:
    op.create_table(
        "moved_threads",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("moved_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_moved_threads_network_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_moved_threads_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_threads")),
        sa.UniqueConstraint("network_id", "number", name=op.f("uq_moved_threads_network_id_number")),
    )
    op.create_index("ix_moved_threads_thread_id", "moved_threads", ["thread_id"])
    op.create_table(
        "moved_posts",
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("post_id", ground.columns.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_moved_posts_network_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_moved_posts_post_id")),
        sa.PrimaryKeyConstraint("network_id", "position", name=op.f("pk_moved_posts")),
    )
    op.create_index("ix_moved_posts_post_id", "moved_posts", ["post_id"])
    op.create_table(
        "moved_readings",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("thread_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("ranges", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("read_count", sa.Integer(), nullable=True),
        sa.Column("level", sa.String(length=6), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_moved_readings_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_moved_readings_network_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_moved_readings_thread_id")),
        sa.PrimaryKeyConstraint("account_id", "thread_id", "network_id", name=op.f("pk_moved_readings")),
    )
    op.create_index("ix_moved_readings_thread_id", "moved_readings", ["thread_id", "network_id"])


def _add_limits() -> None:
    op.create_table(
        "held_back",
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("limit_name", sa.String(length=20), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_held_back_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_held_back_network_id")),
        sa.PrimaryKeyConstraint("network_id", "account_id", "limit_name", "on_day", name=op.f("pk_held_back")),
    )
