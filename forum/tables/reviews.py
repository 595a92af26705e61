"""Access reviews: administrators go through the members, decide about each, and sign what they saw."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from auth.tables import accounts
from forum.tables.networks import memberships, networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

reviews = Table(
    "reviews",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("begun_at", Moment, nullable=False),
    account("begun_by"),
    Column("signed_at", Moment),
    account("signed_by", nullable=True),
    # The row of the audit log that proves it; no foreign key, as the log stands alone.
    Column("audit_row_id", Identifier),
    # How many members there were whom nobody had decided about when it was signed.
    Column("open_count", Integer, nullable=False, server_default=text("0")),
    Index(
        "uq_reviews_open",
        "network_id",
        unique=True,
        postgresql_where=text("signed_at IS NULL"),
        sqlite_where=text("signed_at IS NULL"),
    ),
    Index("ix_reviews_network_id", "network_id", "begun_at"),
)

# What was decided about one membership. Until the review is signed it may be taken back, but not an ending once done.
review_decisions = Table(
    "review_decisions",
    metadata,
    own_id(),
    Column("review_id", Identifier, ForeignKey(reviews.c.id), nullable=False),
    Column("membership_id", Identifier, ForeignKey(memberships.c.id), nullable=False),
    account("account_id"),
    Column("decision", String(4), nullable=False),
    Column("decided_at", Moment, nullable=False),
    account("decided_by"),
    # Who was asked has said that they still need it.
    Column("answered_at", Moment),
    # When access ended, for `end`.
    Column("done_at", Moment),
    CheckConstraint("decision IN ('keep', 'ask', 'end')", name="decision"),
    Index("uq_review_decisions_once", "review_id", "membership_id", unique=True),
    Index("ix_review_decisions_account_id", "account_id"),
)

# Who stands on the page of a signed review, as they were called when it was signed. The row in the audit log is made
# of `proof`, so that the words can be emptied when somebody takes their name along, and the page still holds.
review_names = Table(
    "review_names",
    metadata,
    Column("review_id", Identifier, ForeignKey(reviews.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    # What they were in the network; empty for who decided alone.
    Column("role", String(20), nullable=False),
    Column("salt", String(32), nullable=False),
    Column("proof", String(64), nullable=False),
    Index("ix_review_names_account_id", "account_id"),
)
