"""Files that a virus scanner has not found clean."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_ASKED = sa.text("state <> 'infected'")


def upgrade() -> None:
    op.create_table(
        "file_checks",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("document_id", ground.columns.Identifier(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("file_id", ground.columns.Identifier(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="waiting", nullable=False),
        sa.Column("found", sa.String(length=200), server_default="", nullable=False),
        sa.Column("due_at", ground.columns.Moment(), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.CheckConstraint("(document_id IS NULL) <> (file_id IS NULL)", name=op.f("ck_file_checks_one_place")),
        sa.CheckConstraint("state IN ('waiting', 'unchecked', 'infected')", name=op.f("ck_file_checks_state")),
        sa.ForeignKeyConstraint(
            ["document_id", "number"],
            ["document_versions.document_id", "document_versions.number"],
            name="fk_file_checks_version",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["post_files.id"], name=op.f("fk_file_checks_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_checks")),
    )
    op.create_index("uq_file_checks_version", "file_checks", ["document_id", "number"], unique=True)
    op.create_index("uq_file_checks_file", "file_checks", ["file_id"], unique=True)
    op.create_index("ix_file_checks_due", "file_checks", ["due_at"], postgresql_where=_ASKED, sqlite_where=_ASKED)
