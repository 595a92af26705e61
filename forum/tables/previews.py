"""What can be shown and read of each version of a document without opening its file."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from forum.tables.documents import document_versions
from forum.tables.files import blobs
from forum.tables.parts import metadata
from ground.columns import Identifier, Moment


def _of_version(name: str) -> tuple[Column[str], Column[int], ForeignKeyConstraint]:
    """Whose it is. It goes with its version, so that nothing of a document that was deleted is left to be read."""
    return (
        Column("document_id", Identifier, primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        ForeignKeyConstraint(
            ["document_id", "number"],
            [document_versions.c.document_id, document_versions.c.number],
            name=f"fk_{name}_version",
            ondelete="CASCADE",
        ),
    )


# By version and never by its bytes: a preview that is there at once would tell that somebody else has the same file.
version_previews = Table(
    "version_previews",
    metadata,
    *_of_version("version_previews"),
    # waiting, working (until `leased_until`), shown or refused.
    Column("state", String(10), nullable=False, server_default="waiting"),
    Column("kind", String(20), nullable=False, server_default=""),
    # How many the file has, of which all or some are shown.
    Column("pages", Integer, nullable=False, server_default="0"),
    # Why nothing is shown, or not all, by the name of the reason.
    Column("why", String(20), nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", Moment),
    Column("created_at", Moment, nullable=False),
    # When its words were there to be read, before any picture.
    Column("read_at", Moment),
    CheckConstraint("state IN ('waiting', 'working', 'shown', 'refused')", name="state"),
    Index(
        "ix_version_previews_waiting",
        "created_at",
        postgresql_where=text("state IN ('waiting', 'working')"),
        sqlite_where=text("state IN ('waiting', 'working')"),
    ),
)

version_pages = Table(
    "version_pages",
    metadata,
    *_of_version("version_pages"),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    # Clean markup where the page is shown as such; pictures show it otherwise.
    Column("html", Text, nullable=False, server_default=""),
)

version_pictures = Table(
    "version_pictures",
    metadata,
    *_of_version("version_pictures"),
    Column("page", Integer, primary_key=True, autoincrement=False),
    # The width that it was made for, in pixels.
    Column("fits", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), ForeignKey(blobs.c.sha256), nullable=False),
    Column("size", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Index("ix_version_pictures_sha256", "sha256"),
)
