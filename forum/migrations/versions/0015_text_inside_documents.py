"""What stands inside documents is searched, in several rows for each. The worker fills the whole index anew."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_FTS5 = """CREATE VIRTUAL TABLE search_index USING fts5(
    title, words, tags, content='search_rows', content_rowid='id', columnsize=0, tokenize='ascii')"""
_TRIGGERS = (
    """CREATE TRIGGER search_rows_added AFTER INSERT ON search_rows BEGIN
    INSERT INTO search_index (rowid, title, words, tags) VALUES (new.id, new.title, new.words, new.tags); END""",
    """CREATE TRIGGER search_rows_gone AFTER DELETE ON search_rows BEGIN
    INSERT INTO search_index (search_index, rowid, title, words, tags)
    VALUES ('delete', old.id, old.title, old.words, old.tags); END""",
)
_TSVECTOR = (
    """CREATE TABLE search_index (
    rowid BIGINT CONSTRAINT pk_search_index PRIMARY KEY
    CONSTRAINT fk_search_index_rowid REFERENCES search_rows (id) ON DELETE CASCADE,
    terms TSVECTOR NOT NULL)""",
    "CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)",
    "ALTER TABLE search_index ALTER COLUMN terms SET STATISTICS 500",
)


def upgrade() -> None:
    op.execute("DROP TABLE search_index")
    op.drop_table("search_rows")
    for table in ("search_terms", "search_cursors"):
        op.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
    _rows()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (_FTS5, *_TRIGGERS) if is_sqlite else _TSVECTOR:
        op.execute(statement)


def _rows() -> None:
    op.create_table(
        "search_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("object_id", _ID(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("part", "page", "last_page", "begins_at")
        ),
        *(sa.Column(f"{name}_id", _ID(), nullable=True) for name in ("network", "thread", "post", "account")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), server_default="", nullable=False),
        sa.Column("moment", ground.columns.Moment(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}s.id"], name=op.f(f"fk_search_rows_{name}_id"))
            for name in ("network", "thread", "post", "account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_rows")),
        sa.UniqueConstraint("kind", "object_id", "part", name=op.f("uq_search_rows_kind_object_id_part")),
    )
    for column in ("post_id", "network_id", "account_id", "thread_id"):
        op.create_index(f"ix_search_rows_{column}", "search_rows", [column])
