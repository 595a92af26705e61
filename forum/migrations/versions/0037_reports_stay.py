"""Reports, and acts on posts, stay with the network in which they were made; those that went along with a moved thread
go back there."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None

_OPEN = sa.text("outcome = '' AND post_id IS NOT NULL")
_ID = ground.columns.Identifier
_cases = sa.table("cases", sa.column("network_id", _ID), sa.column("post_id", _ID), sa.column("opened_at"))
_acts = sa.table("acts", sa.column("network_id", _ID), sa.column("post_id", _ID), sa.column("at"))
_posts = sa.table("posts", sa.column("id", _ID), sa.column("thread_id", _ID))
_rows = sa.table("audit_rows", *(sa.column(name) for name in ("chain", "object_id", "act", "at")))


def _was_in(table: sa.TableClause, moment: sa.ColumnClause[object]) -> sa.ScalarSelect[object]:
    """The log of the network that a thread left says when: the first that it left afterwards is where it was then."""
    thread_id = sa.cast(_posts.c.thread_id, sa.String(36))
    left = sa.select(sa.cast(_rows.c.chain, _ID)).join(_posts, thread_id == _rows.c.object_id)
    then = (_posts.c.id == table.c.post_id, _rows.c.act == "thread.move", _rows.c.at > moment)
    return left.where(*then).order_by(_rows.c.at).limit(1).correlate(table).scalar_subquery()


def upgrade() -> None:
    op.drop_index("uq_cases_open_post", "cases")
    op.create_index(
        "uq_cases_open_post",
        "cases",
        ["network_id", "post_id"],
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    for table, moment in ((_cases, _cases.c.opened_at), (_acts, _acts.c.at)):
        was_in = _was_in(table, moment)
        op.execute(sa.update(table).where(table.c.post_id.is_not(None), was_in.is_not(None)).values(network_id=was_in))
