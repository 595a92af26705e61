"""The audit log."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_chains",
        sa.Column("name", sa.String(length=36), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seal", sa.String(length=64), server_default="", nullable=False),
        sa.CheckConstraint("head >= 0", name=op.f("ck_audit_chains_head_not_negative")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_chains")),
    )
    op.create_table(
        "audit_rows",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("chain", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", ground.columns.Moment(), nullable=False),
        sa.Column("actor_id", ground.columns.Identifier(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", ground.columns.Identifier(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["chain"], ["audit_chains.name"], name=op.f("fk_audit_rows_chain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rows")),
    )
    op.create_index("uq_audit_rows_chain_number", "audit_rows", ["chain", "number"], unique=True)
    op.create_index("ix_audit_rows_actor_id", "audit_rows", ["actor_id"])
    op.create_index("ix_audit_rows_subject_id", "audit_rows", ["subject_id"])
    op.create_index("ix_audit_rows_object_id", "audit_rows", ["object_id"])
    op.create_table(
        "audit_words",
        sa.Column("row_id", ground.columns.Identifier(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["row_id"], ["audit_rows.id"], name=op.f("fk_audit_words_row_id")),
        sa.PrimaryKeyConstraint("row_id", "name", name=op.f("pk_audit_words")),
    )
