"""When documents were narrowed to the moderators, and when they were not, is kept for ever."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_audiences",
        sa.Column("document_id", ground.columns.Identifier(), nullable=False),
        sa.Column("since", ground.columns.Moment(), nullable=False),
        sa.Column("is_narrowed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_audiences_document_id")),
        sa.PrimaryKeyConstraint("document_id", "since", name=op.f("pk_document_audiences")),
    )
    op.execute(
        "INSERT INTO document_audiences (document_id, since, is_narrowed)"
        " SELECT id, created_at, is_narrowed FROM documents"
    )
