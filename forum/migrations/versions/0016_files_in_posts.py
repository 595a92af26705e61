"""Pictures and other files that posts carry."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_MOMENT = ground.columns.Moment


def upgrade() -> None:
    op.add_column("posts", sa.Column("file_count", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "post_files",
        sa.Column("id", _ID(), nullable=False),
        sa.Column("network_id", _ID(), nullable=False),
        sa.Column("brought_by", _ID(), nullable=False),
        sa.Column("post_id", _ID(), nullable=True),
        sa.Column("held_id", _ID(), nullable=True),
        sa.Column("place", sa.Integer(), server_default="0", nullable=False),
        sa.Column("from_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("alt", sa.String(length=500), server_default="", nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("height", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(length=20), server_default="", nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.CheckConstraint("post_id IS NULL OR held_id IS NULL", name=op.f("ck_post_files_one_place")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_post_files_network_id")),
        sa.ForeignKeyConstraint(["brought_by"], ["accounts.id"], name=op.f("fk_post_files_brought_by")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_files_post_id")),
        sa.ForeignKeyConstraint(["held_id"], ["held_posts.id"], name=op.f("fk_post_files_held_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_post_files_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_files")),
    )
    op.create_index("ix_post_files_post_id", "post_files", ["post_id", "place"])
    op.create_index("ix_post_files_network_id", "post_files", ["network_id"])
    op.create_index("ix_post_files_sha256", "post_files", ["sha256"])
    op.create_index(
        "ix_post_files_held_id",
        "post_files",
        ["held_id"],
        postgresql_where=sa.text("held_id IS NOT NULL"),
        sqlite_where=sa.text("held_id IS NOT NULL"),
    )
    op.create_index(
        "ix_post_files_unsent",
        "post_files",
        ["created_at"],
        postgresql_where=sa.text("post_id IS NULL AND held_id IS NULL"),
        sqlite_where=sa.text("post_id IS NULL AND held_id IS NULL"),
    )
    op.create_table(
        "post_pictures",
        sa.Column("file_id", _ID(), nullable=False),
        sa.Column("fits", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["post_files.id"], name=op.f("fk_post_pictures_file_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_post_pictures_sha256")),
        sa.PrimaryKeyConstraint("file_id", "fits", name=op.f("pk_post_pictures")),
    )
    op.create_index("ix_post_pictures_sha256", "post_pictures", ["sha256"])
