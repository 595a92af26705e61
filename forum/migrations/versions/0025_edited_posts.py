"""Posts that were edited lately are found at once: an erasing looks through them while nobody writes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("edited_at IS NOT NULL")
    op.create_index("ix_posts_edited_at", "posts", ["edited_at"], postgresql_where=where, sqlite_where=where)
