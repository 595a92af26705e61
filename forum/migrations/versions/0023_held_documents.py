"""A withdrawn document can be held, so that it is not deleted."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("held_at", ground.columns.Moment(), nullable=True))
    op.add_column("documents", sa.Column("hold_reason", sa.String(length=1000), server_default="", nullable=False))
