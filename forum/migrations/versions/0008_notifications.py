"""Notifications and what each person wants to hear."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_MOMENT = ground.columns.Moment


def upgrade() -> None:
    _lines()
    _wishes()
    _following()
    # Not in a batch: that makes the table anew, which SQLite refuses for one that others refer to.
    op.add_column("networks", sa.Column("mail_content", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_watches_thread_id", "watches", ["thread_id"])
    _begin()


def _lines() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("network_id", _ID(), nullable=True),
        sa.Column("object_id", _ID(), nullable=False),
        sa.Column("actor_id", _ID(), nullable=True),
        sa.Column("thread_id", _ID(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("read_at", _MOMENT(), nullable=True),
        sa.Column("mail", sa.String(length=8), nullable=True),
        sa.Column("mail_id", _ID(), nullable=True),
        sa.Column("mailed_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notifications_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_notifications_network_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_notifications_actor_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_notifications_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_by_time", "notifications", ["account_id", "created_at"])
    op.create_index("uq_notifications_once", "notifications", ["account_id", "kind", "object_id"], unique=True)
    op.create_index("ix_notifications_object_id", "notifications", ["object_id"])
    for name, columns, condition in (
        ("unread", ["account_id", "thread_id"], "read_at IS NULL"),
        ("counted", ["account_id"], "read_at IS NULL AND counts"),
        ("due", ["mail", "created_at"], "mail IS NOT NULL AND mail_id IS NULL AND read_at IS NULL"),
        ("mail_id", ["mail_id"], "mail_id IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            f"ix_notifications_{name}", "notifications", columns, postgresql_where=where, sqlite_where=where
        )


def _wishes() -> None:
    op.create_table(
        "network_watches",
        sa.Column("network_id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.Column("level", sa.String(length=6), server_default="normal", nullable=False),
        sa.Column("mail", sa.String(length=8), nullable=True),
        sa.CheckConstraint("level IN ('watch', 'normal', 'mute')", name=op.f("ck_network_watches_level")),
        sa.CheckConstraint(
            "mail IS NULL OR mail IN ('at_once', 'bundled', 'never')", name=op.f("ck_network_watches_mail")
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_network_watches_network_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_network_watches_account_id")),
        sa.PrimaryKeyConstraint("network_id", "account_id", name=op.f("pk_network_watches")),
    )
    op.create_index("ix_network_watches_account_id", "network_watches", ["account_id"])
    op.create_table(
        "mail_wishes",
        sa.Column("account_id", _ID(), nullable=False),
        sa.Column("mail", sa.String(length=8), server_default="bundled", nullable=False),
        sa.CheckConstraint("mail IN ('at_once', 'bundled', 'never')", name=op.f("ck_mail_wishes_mail")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_mail_wishes_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mail_wishes")),
    )


def _following() -> None:
    op.create_table(
        "thread_writers",
        sa.Column("thread_id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_thread_writers_thread_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_thread_writers_account_id")),
        sa.PrimaryKeyConstraint("thread_id", "account_id", name=op.f("pk_thread_writers")),
    )
    op.create_table(
        "followed_streams",
        sa.Column("stream", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["streams.name"], name=op.f("fk_followed_streams_stream")),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_followed_streams")),
    )


def _begin() -> None:
    """Nobody is told the past; who wrote in a thread hears of what follows there."""
    op.execute(
        "INSERT INTO followed_streams (stream, seq) "
        "SELECT streams.name, streams.head FROM streams JOIN networks ON networks.stream = streams.name"
    )
    op.execute(
        "INSERT INTO thread_writers (thread_id, account_id) "
        "SELECT DISTINCT thread_id, author_id FROM posts WHERE NOT is_imported"
    )
