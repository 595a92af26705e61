"""When a network was opened whose threads stayed with its members: they stay with those who were members then."""

import sqlalchemy as sa
from alembic import op

import ground.columns
from ground.columns import now

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("networks", sa.Column("members_only_since", ground.columns.Moment(), nullable=True))
    # Nothing but the log knows when that was: whoever is a member today goes on reading.
    networks = sa.table(
        "networks",
        sa.column("members_only_until", sa.Integer()),
        sa.column("members_only_since", ground.columns.Moment()),
    )
    kept = networks.update().where(networks.c.members_only_until > 0)
    op.get_bind().execute(kept.values(members_only_since=now()))
