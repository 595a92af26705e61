"""Documents, their versions and folders; who works on one, and who has opened it."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_MOMENT = ground.columns.Moment


def upgrade() -> None:
    _folders()
    _documents()
    _versions()
    _people()


def _folders() -> None:
    op.create_table(
        "folders",
        sa.Column("id", _ID(), nullable=False),
        sa.Column("network_id", _ID(), nullable=False),
        sa.Column("parent_id", _ID(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=240), nullable=False),
        sa.Column("narrowed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_narrowed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_by", _ID(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_folders_made_by")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_folders_network_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["folders.id"], name=op.f("fk_folders_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
    )
    op.create_index("ix_folders_in_network", "folders", ["network_id", "parent_id"])
    op.create_index("ix_folders_parent_id", "folders", ["parent_id"])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", _ID(), nullable=False),
        sa.Column("network_id", _ID(), nullable=False),
        sa.Column("folder_id", _ID(), nullable=True),
        sa.Column("is_narrowed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_key", sa.String(length=400), nullable=False),
        sa.Column("description", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("owner_id", _ID(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="current", nullable=False),
        sa.Column("version_count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("thread_id", _ID(), nullable=True),
        sa.Column("asks_reading", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("changed_at", _MOMENT(), nullable=False),
        sa.Column("withdrawn_at", _MOMENT(), nullable=True),
        sa.Column("withdrawn_by", _ID(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('draft', 'current')", name=op.f("ck_documents_state")),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_documents_folder_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_documents_network_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_documents_owner_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_documents_thread_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("fk_documents_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_by_time", "documents", ["network_id", "changed_at", "id"])
    op.create_index("ix_documents_by_title", "documents", ["network_id", "title_key", "id"])
    op.create_index("ix_documents_folder_id", "documents", ["folder_id"])
    op.create_index("ix_documents_owner_id", "documents", ["owner_id", "network_id"])
    op.create_index("ix_documents_thread_id", "documents", ["thread_id"])
    op.create_index(
        "ix_documents_withdrawn",
        "documents",
        ["withdrawn_at"],
        postgresql_where=sa.text("withdrawn_at IS NOT NULL"),
        sqlite_where=sa.text("withdrawn_at IS NOT NULL"),
    )


def _versions() -> None:
    op.create_table(
        "document_locks",
        sa.Column("document_id", _ID(), nullable=False),
        sa.Column("holder_id", _ID(), nullable=False),
        sa.Column("purpose", sa.String(length=200), server_default="", nullable=False),
        sa.Column("taken_at", _MOMENT(), nullable=False),
        sa.Column("ends_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_locks_document_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["accounts.id"], name=op.f("fk_document_locks_holder_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_locks")),
    )
    op.create_index("ix_document_locks_holder_id", "document_locks", ["holder_id"])
    op.create_table(
        "document_versions",
        sa.Column("document_id", _ID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("author_id", _ID(), nullable=False),
        sa.Column("note", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_document_versions_author_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_versions_document_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_document_versions_sha256")),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_document_versions")),
    )
    op.create_index("ix_document_versions_author_id", "document_versions", ["author_id"])
    op.create_index("ix_document_versions_sha256", "document_versions", ["sha256"])


def _people() -> None:
    op.create_table(
        "document_openings",
        sa.Column("document_id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.Column("opened_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_document_openings_account_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_openings_document_id")),
        sa.PrimaryKeyConstraint("document_id", "account_id", name=op.f("pk_document_openings")),
    )
    op.create_table(
        "document_readings",
        sa.Column("document_id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("read_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_document_readings_account_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_readings_document_id")),
        sa.PrimaryKeyConstraint("document_id", "account_id", name=op.f("pk_document_readings")),
    )
    op.create_table(
        "document_wishes",
        sa.Column("document_id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_document_wishes_account_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_wishes_document_id")),
        sa.PrimaryKeyConstraint("document_id", "account_id", name=op.f("pk_document_wishes")),
    )
