"""The names of those who took theirs along when they closed their account go from others' quotes and mentions too."""

import sqlalchemy as sa
from alembic import op

from ground.columns import Identifier, Moment, new_id, now

revision = "0040"
down_revision = "0037"
branch_labels = None
depends_on = None

_accounts = sa.table("accounts", sa.column("closed_at"), sa.column("former_name_shown", sa.Boolean()))
_outbox = sa.table(
    "outbox",
    sa.column("id", Identifier),
    sa.column("kind", sa.String()),
    sa.column("reference", sa.JSON()),
    sa.column("created_at", Moment),
    sa.column("available_at", Moment),
)


def upgrade() -> None:
    nameless = sa.select(_accounts.c.closed_at).where(
        _accounts.c.closed_at.is_not(None), _accounts.c.former_name_shown.is_(sa.false())
    )
    if op.get_bind().execute(nameless.limit(1)).first() is not None:
        moment, reference = now(), {"after": "", "name": ""}
        row = {"id": new_id(), "kind": "forget_names", "reference": reference}
        op.execute(sa.insert(_outbox).values(**row, created_at=moment, available_at=moment))
