"""What people are told, and how much of it they want."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

# A line on somebody's list. It holds ids; its words are made when it is read, by what the person may read then.
notifications = Table(
    "notifications",
    metadata,
    own_id(),
    account("account_id"),
    # A word of `forum.records.NotificationKind`.
    Column("kind", String(30), nullable=False),
    Column("network_id", Identifier, ForeignKey(networks.c.id)),
    # What it is about: a post, a thread, an act, a report, a membership … as the kind says.
    Column("object_id", Identifier, nullable=False),
    # Who did it; empty where that is not to be told.
    account("actor_id", nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("read_at", Moment),
    # When a mail about it went out, alone or with others.
    Column("mailed_at", Moment),
    Index("uq_notifications_once", "account_id", "kind", "object_id", unique=True),
    Index("ix_notifications_by_time", "account_id", "created_at"),
)
