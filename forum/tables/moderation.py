"""Acts of moderation, as they are told to the people whom they concern, undone, and appealed against."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, text

from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from forum.tables.threads import posts, threads
from ground.columns import Identifier, Moment

# What was done to a post, a thread or a person, and why. The audit log proves it; this is what is worked with.
acts = Table(
    "acts",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # A word of `forum.records.ActKind`.
    Column("kind", String(20), nullable=False),
    Column("post_id", Identifier, ForeignKey(posts.c.id)),
    Column("thread_id", Identifier, ForeignKey(threads.c.id)),
    # Whom it concerns: the author of the post, who began the thread, or the person.
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
    Column("appeal", Text, nullable=False, server_default=""),
    Column("appealed_at", Moment),
    account("appeal_by_id", nullable=True),
    Column("appeal_decided_at", Moment),
    # upheld or overturned.
    Column("appeal_outcome", String(10), nullable=False, server_default=""),
    Column("appeal_answer", String(1000), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index("ix_acts_network_id_at", "network_id", "at"),
    Index("ix_acts_post_id", "post_id"),
    Index("ix_acts_thread_id", "thread_id"),
    Index("ix_acts_account_id", "account_id", "network_id"),
)
