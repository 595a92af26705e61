"""What a network has found to work: cards, their earlier wordings, and who uses them too."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text, text

from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

_FOR_ONESELF = text("network_id IS NULL")
_FOR_A_NETWORK = text("network_id IS NOT NULL")
_WAITS = text("removed_at IS NULL AND asked_at IS NULL")
_REMOVED = text("removed_at IS NOT NULL")


def _words() -> list[Column[str]]:
    """What a card says: `forum.cards.WORDS`."""
    return [
        Column("title", String(200), nullable=False),
        Column("problem", Text, nullable=False),
        Column("done", Text, nullable=False),
        Column("place", Text, nullable=False, server_default=""),
        Column("result", Text, nullable=False, server_default=""),
        Column("evidence", Text, nullable=False, server_default=""),
        Column("contact", Text, nullable=False, server_default=""),
    ]


cards = Table(
    "cards",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    *_words(),
    # Of this wording; there are as many, of which those before `shown_from` are for the moderators alone.
    Column("number", Integer, nullable=False, server_default="1"),
    Column("shown_from", Integer, nullable=False, server_default="1"),
    account("author_id"),
    # Who looks after it; None once they have left and nobody has taken it over.
    account("owner_id", nullable=True),
    # What it was made of: no foreign key, for a document may be deleted for good and the card stays.
    Column("source_kind", String(8)),
    Column("source_id", Identifier),
    # Until when it is held to be right, and when its owner was asked whether it still is.
    Column("review_on", Date, nullable=False),
    Column("asked_at", Moment),
    Column("confirmed_at", Moment),
    # What it was made of was hidden as data about somebody: for the moderators, until one has looked at it.
    Column("is_narrowed", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("removed_at", Moment),
    account("removed_by", nullable=True),
    Column("removal_reason", String(1000), nullable=False, server_default=""),
    # Raised by whatever changes how its page reads for all of its readers.
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_cards_by_time", "network_id", "changed_at", "id"),
    Index("ix_cards_owner_id", "owner_id", "network_id"),
    Index("ix_cards_source_id", "source_id"),
    Index("ix_cards_due", "review_on", postgresql_where=_WAITS, sqlite_where=_WAITS),
    Index("ix_cards_removed", "removed_at", postgresql_where=_REMOVED, sqlite_where=_REMOVED),
)

# Never changed once written.
card_wordings = Table(
    "card_wordings",
    metadata,
    Column("card_id", Identifier, ForeignKey(cards.c.id), primary_key=True),
    # 1… in its card, without holes.
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_words(),
    account("author_id"),
    Column("created_at", Moment, nullable=False),
    Index("ix_card_wordings_author_id", "author_id"),
)

# "We use this too": once by each member for themselves, and once for each network.
card_uses = Table(
    "card_uses",
    metadata,
    own_id(),
    Column("card_id", Identifier, ForeignKey(cards.c.id), nullable=False),
    account("account_id"),
    # For which network it is said; it is shown to whoever reads that one, too.
    Column("network_id", Identifier, ForeignKey(networks.c.id)),
    Column("words", String(300), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Index(
        "uq_card_uses_by_member",
        "card_id",
        "account_id",
        unique=True,
        postgresql_where=_FOR_ONESELF,
        sqlite_where=_FOR_ONESELF,
    ),
    Index(
        "uq_card_uses_by_network",
        "card_id",
        "network_id",
        unique=True,
        postgresql_where=_FOR_A_NETWORK,
        sqlite_where=_FOR_A_NETWORK,
    ),
    Index("ix_card_uses_account_id", "account_id"),
    Index("ix_card_uses_network_id", "network_id"),
)
