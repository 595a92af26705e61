"""What can be shown and read of each version of a document without opening its file."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_MOMENT = ground.columns.Moment


def _of_version(name: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("document_id", _ID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "number"],
            ["document_versions.document_id", "document_versions.number"],
            name=f"fk_{name}_version",
            ondelete="CASCADE",
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "version_previews",
        *_of_version("version_previews"),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("pages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(length=20), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_until", _MOMENT(), nullable=True),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("read_at", _MOMENT(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'shown', 'refused')", name=op.f("ck_version_previews_state")
        ),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_version_previews")),
    )
    op.create_index(
        "ix_version_previews_waiting",
        "version_previews",
        ["created_at"],
        postgresql_where=sa.text("state IN ('waiting', 'working')"),
        sqlite_where=sa.text("state IN ('waiting', 'working')"),
    )
    op.create_table(
        "version_pages",
        *_of_version("version_pages"),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("document_id", "number", "page", name=op.f("pk_version_pages")),
    )
    op.create_table(
        "version_pictures",
        *_of_version("version_pictures"),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fits", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_version_pictures_sha256")),
        sa.PrimaryKeyConstraint("document_id", "number", "page", "fits", name=op.f("pk_version_pictures")),
    )
    op.create_index("ix_version_pictures_sha256", "version_pictures", ["sha256"])
    # What was shared before waits to be prepared as what is shared from now on.
    op.execute(
        "INSERT INTO version_previews (document_id, number, created_at)"
        " SELECT document_id, number, created_at FROM document_versions"
    )
