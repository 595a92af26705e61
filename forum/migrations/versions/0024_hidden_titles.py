"""A thread whose title is hidden with its first post keeps what it was called, until that is back or erased."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("threads", sa.Column("hidden_title", sa.String(length=200), server_default="", nullable=False))
