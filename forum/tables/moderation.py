"""Acts of moderation, undone and appealed against; and reports, which a network's moderators decide as cases."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from forum.tables.threads import posts, threads
from ground.columns import Identifier, Moment

# What was done to a post, a thread or a person, and why. The audit log proves it; this is what is worked with.
acts = Table(
    "acts",
    metadata,
    own_id(),
    # In which it was done: should the post or the thread move to another one, it stays with the moderators of this.
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # A word of `forum.records.ActKind`.
    Column("kind", String(20), nullable=False),
    Column("post_id", Identifier, ForeignKey(posts.c.id)),
    Column("thread_id", Identifier, ForeignKey(threads.c.id)),
    # No key: the row stays where the document is deleted for good.
    Column("document_id", Identifier),
    # No key either, for the same reason.
    Column("card_id", Identifier),
    # Whom it concerns: the author of the post, who began the thread, who looks after the document, or the person.
    account("account_id", nullable=True),
    # Which rule was broken, a word of `forum.records.Rule`; empty where it is about none.
    Column("rule", String(20), nullable=False, server_default=""),
    Column("reason", String(1000), nullable=False, server_default=""),
    # None: Confer itself.
    account("by_id", nullable=True),
    Column("at", Moment, nullable=False),
    # When it ends by itself.
    Column("until", Moment),
    # What it takes to undo it: ids and settings, never words.
    Column("before", JSON(none_as_null=True)),
    Column("undone_at", Moment),
    account("undone_by", nullable=True),
    # The row of the log that tells of it, where an act of its own took this one back: why stands beside that alone.
    Column("undo_row_id", Identifier),
    Column("appeal", Text, nullable=False, server_default=""),
    Column("appealed_at", Moment),
    account("appeal_by_id", nullable=True),
    Column("appeal_decided_at", Moment),
    # upheld, overturned, or granted: in words, by somebody who could not take it back.
    Column("appeal_outcome", String(10), nullable=False, server_default=""),
    Column("appeal_answer", String(1000), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index("ix_acts_network_id_at", "network_id", "at"),
    Index("ix_acts_post_id", "post_id"),
    Index("ix_acts_thread_id", "thread_id"),
    Index("ix_acts_document_id", "document_id"),
    Index("ix_acts_card_id", "card_id"),
    Index("ix_acts_account_id", "account_id", "network_id"),
)

# A line of a network's queue: one post, one document, one card or one person, however many have reported it.
cases = Table(
    "cases",
    metadata,
    own_id(),
    # In which it was reported: should the post move to another one, it stays with the moderators of this.
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("post_id", Identifier, ForeignKey(posts.c.id)),
    # No key: the row stays where the document is deleted for good.
    Column("document_id", Identifier),
    Column("card_id", Identifier),
    # Whom it is about: the author of the post or of the version, who looks after the card, or the person.
    account("account_id"),
    Column("opened_at", Moment, nullable=False),
    Column("report_count", Integer, nullable=False, server_default="0"),
    # Who looks into it, and until when nobody else does.
    account("taken_by", nullable=True),
    Column("taken_until", Moment),
    # agreed, disagreed or ignored; empty while it waits.
    Column("outcome", String(10), nullable=False, server_default=""),
    account("decided_by", nullable=True),
    Column("decided_at", Moment),
    # What the moderators say to those who reported.
    Column("answer", String(1000), nullable=False, server_default=""),
    Column("act_id", Identifier, ForeignKey(acts.c.id)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("outcome IN ('', 'agreed', 'disagreed', 'ignored')", name="outcome"),
    Index("ix_cases_network_id", "network_id", "opened_at"),
    Index(
        "uq_cases_open_post",
        "network_id",
        "post_id",
        unique=True,
        postgresql_where=text("outcome = '' AND post_id IS NOT NULL"),
        sqlite_where=text("outcome = '' AND post_id IS NOT NULL"),
    ),
    Index(
        "uq_cases_open_person",
        "network_id",
        "account_id",
        unique=True,
        postgresql_where=text("outcome = '' AND post_id IS NULL AND document_id IS NULL AND card_id IS NULL"),
        sqlite_where=text("outcome = '' AND post_id IS NULL AND document_id IS NULL AND card_id IS NULL"),
    ),
    Index(
        "uq_cases_open_document",
        "document_id",
        unique=True,
        postgresql_where=text("outcome = '' AND document_id IS NOT NULL"),
        sqlite_where=text("outcome = '' AND document_id IS NOT NULL"),
    ),
    Index(
        "uq_cases_open_card",
        "card_id",
        unique=True,
        postgresql_where=text("outcome = '' AND card_id IS NOT NULL"),
        sqlite_where=text("outcome = '' AND card_id IS NOT NULL"),
    ),
    Index("ix_cases_post_id", "post_id"),
    Index("ix_cases_account_id", "account_id", "network_id"),
)

# What somebody says is wrong with it. A person counts once in a case; who has no account gets the address of a receipt.
reports = Table(
    "reports",
    metadata,
    own_id(),
    Column("case_id", Identifier, ForeignKey(cases.c.id), nullable=False),
    account("reporter_id", nullable=True),
    Column("rule", String(20), nullable=False),
    Column("words", String(4000), nullable=False, server_default=""),
    # Which version of a document was looked at.
    Column("version_number", Integer),
    # Of whoever has no account: the hash of what stands in the receipt's address.
    Column("receipt_hash", String(64), unique=True),
    # Of Confer's own: the act that hid the post whose words are repeated.
    Column("act_id", Identifier),
    Column("created_at", Moment, nullable=False),
    Index("uq_reports_once", "case_id", "reporter_id", unique=True),
    Index("ix_reports_reporter_id", "reporter_id", "created_at"),
    Index("ix_reports_act_id", "act_id"),
)
