"""Confer reports what repeats a post with patient data: because of which act."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("act_id", ground.columns.Identifier(), nullable=True))
    op.create_index("ix_reports_act_id", "reports", ["act_id"])
