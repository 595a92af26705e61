"""By what somebody came into a network, beside the step by which they did: an invitation, a joining link, an open door."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership_states", sa.Column("door", sa.String(length=10), server_default="", nullable=False))
    # By hand: SQLite takes a reference with the new column and never after it.
    kind = ground.columns.Identifier().compile(dialect=op.get_bind().dialect)
    op.execute(
        f"ALTER TABLE membership_states ADD COLUMN door_by {kind}"
        " CONSTRAINT fk_membership_states_door_by REFERENCES accounts (id)"
    )
