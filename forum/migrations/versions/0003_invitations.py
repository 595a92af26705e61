"""Invitations with their states, joining links, reports of mails that came back."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    add_states()
    tell_what_became_of_earlier_ones()
    create_joining_links()
    op.create_table(
        "bounced_addresses",
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("at", ground.columns.Moment(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("email_key", name=op.f("pk_bounced_addresses")),
    )


def add_states() -> None:
    words = (("name", 100), ("bounce", 200), ("outcome", 10))
    for name, length in words:
        op.add_column("invitations", sa.Column(name, sa.String(length=length), server_default="", nullable=False))
    op.add_column("invitations", sa.Column("valid_days", sa.Integer(), server_default="28", nullable=False))
    for name in ("sent_at", "bounced_at", "opened_at", "reminded_at"):
        op.add_column("invitations", sa.Column(name, ground.columns.Moment(), nullable=True))
    op.create_index("ix_invitations_network_id", "invitations", ["network_id", "id"])
    op.create_index("ix_invitations_invited_by", "invitations", ["invited_by", "created_at"])


def tell_what_became_of_earlier_ones() -> None:
    """Until now only the end of an invitation was kept: who has belonged since accepted it."""
    op.execute("UPDATE invitations SET sent_at = created_at")
    op.execute(
        "UPDATE invitations SET outcome = CASE WHEN EXISTS (SELECT 1 FROM memberships JOIN accounts"
        " ON accounts.id = memberships.account_id WHERE accounts.email_key = invitations.email_key"
        " AND memberships.network_id = invitations.network_id AND memberships.since IS NOT NULL)"
        " THEN 'accepted' ELSE 'cancelled' END WHERE ended_at IS NOT NULL"
    )


def create_joining_links() -> None:
    op.create_table(
        "joining_links",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("asks", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("use_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", ground.columns.Moment(), nullable=False),
        sa.Column("made_by", ground.columns.Identifier(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("ended_at", ground.columns.Moment(), nullable=True),
        sa.Column("ended_by", ground.columns.Identifier(), nullable=True),
        sa.CheckConstraint("use_count >= 0 AND use_count <= most_uses", name=op.f("ck_joining_links_uses")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_joining_links_network_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_joining_links_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_joining_links_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_links")),
    )
    op.create_index(
        "uq_joining_links_network_id",
        "joining_links",
        ["network_id"],
        unique=True,
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )
