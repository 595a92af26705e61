"""What the name of each network looks like is kept, so that another name that looks the same is found by an index."""

import sqlalchemy as sa
from alembic import op

import ground.columns
from auth.names import appearance

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("networks", sa.Column("look_key", sa.String(length=200), server_default="", nullable=False))
    table = sa.table(
        "networks",
        sa.column("id", ground.columns.Identifier()),
        sa.column("name", sa.String),
        sa.column("look_key", sa.String),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table.c.id, table.c.name).where(table.c.name != "")).all():
        look = appearance(row.name)[:200]
        connection.execute(sa.update(table).where(table.c.id == row.id).values(look_key=look))
    op.create_index("ix_networks_look_key", "networks", ["look_key"])
