"""Pictures in posts are cut of what a camera wrote into them: whether that was done, or can't be."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post_files", sa.Column("is_bare", sa.Boolean(), nullable=True))
