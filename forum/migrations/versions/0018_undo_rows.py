"""An act that was taken back names the row of the log that tells of it."""

import json

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("acts", sa.Column("undo_row_id", ground.columns.Identifier(), nullable=True))
    identifier = ground.columns.Identifier()
    acts = sa.table("acts", sa.column("id", identifier), sa.column("undo_row_id", identifier))
    rows = sa.table(
        "audit_rows", sa.column("id", identifier), sa.column("act", sa.String()), sa.column("after", sa.Text())
    )
    told = sa.select(rows.c.id, rows.c.after).where(rows.c.act.endswith("_undone"), rows.c.after.is_not(None))
    for row in op.get_bind().execute(told).all():
        act_id = json.loads(row.after).get("act")
        if act_id:
            op.get_bind().execute(acts.update().where(acts.c.id == act_id).values(undo_row_id=row.id))
