"""Files that a virus scanner has not found clean."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, text

from forum.tables.documents import document_versions
from forum.tables.parts import metadata, own_id
from forum.tables.post_files import post_files
from ground.columns import Identifier, Moment

_ASKED = text("state <> 'infected'")

# A row for each that is not given out; gone once it is clean. By what carries the file and never by its bytes: one that
# is there at once would tell that somebody else has the same file.
file_checks = Table(
    "file_checks",
    metadata,
    own_id(),
    # A version of a document, or a file of a post.
    Column("document_id", Identifier),
    Column("number", Integer),
    Column("file_id", Identifier, ForeignKey(post_files.c.id, ondelete="CASCADE")),
    # waiting; unchecked, where the scanner could not read it; or infected.
    Column("state", String(10), nullable=False, server_default="waiting"),
    # The scanner's name of what it found.
    Column("found", String(200), nullable=False, server_default=""),
    # When it is asked about next, by whichever worker is first.
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["document_id", "number"],
        [document_versions.c.document_id, document_versions.c.number],
        name="fk_file_checks_version",
        ondelete="CASCADE",
    ),
    CheckConstraint("(document_id IS NULL) <> (file_id IS NULL)", name="one_place"),
    CheckConstraint("state IN ('waiting', 'unchecked', 'infected')", name="state"),
    Index("uq_file_checks_version", "document_id", "number", unique=True),
    Index("uq_file_checks_file", "file_id", unique=True),
    Index("ix_file_checks_due", "due_at", postgresql_where=_ASKED, sqlite_where=_ASKED),
)
