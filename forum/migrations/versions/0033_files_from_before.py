"""Files that were brought without a virus scanner are shown to one once there is one."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_OLDER = sa.text("scan_due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("blobs", sa.Column("scan_due_at", ground.columns.Moment(), nullable=True))
    op.execute("UPDATE blobs SET scan_due_at = kept_at")
    op.create_index("ix_blobs_scan_due", "blobs", ["scan_due_at"], postgresql_where=_OLDER, sqlite_where=_OLDER)
