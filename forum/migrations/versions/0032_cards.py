"""What a network has found to work: cards, their earlier wordings, and who uses them too."""

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_ID = ground.columns.Identifier
_MOMENT = ground.columns.Moment
_FOR_ONESELF = sa.text("network_id IS NULL")
_FOR_A_NETWORK = sa.text("network_id IS NOT NULL")
_WAITS = sa.text("removed_at IS NULL AND asked_at IS NULL")
_FOUND_APART = sa.text("kind IN ('document', 'text', 'card')")
_REMOVED = sa.text("removed_at IS NOT NULL")


def _words() -> list[sa.Column[str]]:
    return [
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("id", _ID(), nullable=False),
        sa.Column("network_id", _ID(), nullable=False),
        *_words(),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shown_from", sa.Integer(), server_default="1", nullable=False),
        sa.Column("author_id", _ID(), nullable=False),
        sa.Column("owner_id", _ID(), nullable=True),
        sa.Column("source_kind", sa.String(length=8), nullable=True),
        sa.Column("source_id", _ID(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("asked_at", _MOMENT(), nullable=True),
        sa.Column("confirmed_at", _MOMENT(), nullable=True),
        sa.Column("is_narrowed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("changed_at", _MOMENT(), nullable=False),
        sa.Column("removed_at", _MOMENT(), nullable=True),
        sa.Column("removed_by", _ID(), nullable=True),
        sa.Column("removal_reason", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_cards_author_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_cards_network_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_cards_owner_id")),
        sa.ForeignKeyConstraint(["removed_by"], ["accounts.id"], name=op.f("fk_cards_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
    )
    op.create_index("ix_cards_by_time", "cards", ["network_id", "changed_at", "id"])
    op.create_index("ix_cards_owner_id", "cards", ["owner_id", "network_id"])
    op.create_index("ix_cards_source_id", "cards", ["source_id"])
    op.create_index("ix_cards_due", "cards", ["review_on"], postgresql_where=_WAITS, sqlite_where=_WAITS)
    op.create_index("ix_cards_removed", "cards", ["removed_at"], postgresql_where=_REMOVED, sqlite_where=_REMOVED)
    op.create_table(
        "card_wordings",
        sa.Column("card_id", _ID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_words(),
        sa.Column("author_id", _ID(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_card_wordings_author_id")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_card_wordings_card_id")),
        sa.PrimaryKeyConstraint("card_id", "number", name=op.f("pk_card_wordings")),
    )
    op.create_index("ix_card_wordings_author_id", "card_wordings", ["author_id"])
    op.create_table(
        "card_uses",
        sa.Column("id", _ID(), nullable=False),
        sa.Column("card_id", _ID(), nullable=False),
        sa.Column("account_id", _ID(), nullable=False),
        sa.Column("network_id", _ID(), nullable=True),
        sa.Column("words", sa.String(length=300), server_default="", nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_card_uses_account_id")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_card_uses_card_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_card_uses_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_uses")),
    )
    for name, columns, where in (
        ("uq_card_uses_by_member", ["card_id", "account_id"], _FOR_ONESELF),
        ("uq_card_uses_by_network", ["card_id", "network_id"], _FOR_A_NETWORK),
    ):
        op.create_index(name, "card_uses", columns, unique=True, postgresql_where=where, sqlite_where=where)
    op.create_index("ix_card_uses_account_id", "card_uses", ["account_id"])
    op.create_index("ix_card_uses_network_id", "card_uses", ["network_id"])
    # Cards are looked for with documents, among the newest of both.
    op.drop_index("ix_search_rows_documents", "search_rows")
    op.create_index(
        "ix_search_rows_documents", "search_rows", ["id"], postgresql_where=_FOUND_APART, sqlite_where=_FOUND_APART
    )
