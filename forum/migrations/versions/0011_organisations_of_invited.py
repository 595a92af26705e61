"""The organisation that stood beside an address in a list; what a day's limit left of a list, kept for its sender; and who
came while a network was open, and so does not read what had stayed with its members once it is closed again."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    organisation = sa.Column("organisation", sa.String(length=100), server_default="", nullable=False)
    op.add_column("invitations", organisation)
    # Not in a batch: that makes the table anew, which SQLite refuses for one that others refer to.
    op.add_column("networks", sa.Column("apart_until", sa.Integer(), server_default="0", nullable=False))
    op.add_column("memberships", sa.Column("reads_after", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "invitation_drafts",
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=14), nullable=False),
        sa.Column("message", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invitation_drafts_account_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_invitation_drafts_network_id")),
        sa.PrimaryKeyConstraint("account_id", "network_id", name=op.f("pk_invitation_drafts")),
    )
