"""Searches look through the newest rows first: those of documents by an index, and no long text is packed.

And the documents of a thread are found by an index without those of none, whose number misled SQLite.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_OF_DOCUMENTS = sa.text("kind IN ('document', 'text')")
# What waits to be sorted into the index is read by every search: 256 KB of it, not 4 MB. And unpacking a part of a
# document takes several times as long as reading it.
_POSTGRESQL = (
    "ALTER INDEX ix_search_index_terms SET (gin_pending_list_limit = 256)",
    "ALTER TABLE search_index ALTER COLUMN terms SET STORAGE EXTERNAL",
    "ALTER TABLE search_rows ALTER COLUMN words SET STORAGE EXTERNAL",
)


def upgrade() -> None:
    op.create_index(
        "ix_search_rows_documents",
        "search_rows",
        ["id"],
        postgresql_where=_OF_DOCUMENTS,
        sqlite_where=_OF_DOCUMENTS,
    )
    op.drop_index("ix_documents_thread_id", "documents")
    of_threads = sa.text("thread_id IS NOT NULL")
    op.create_index(
        "ix_documents_thread_id", "documents", ["thread_id"], postgresql_where=of_threads, sqlite_where=of_threads
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.execute(statement)
