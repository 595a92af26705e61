"""What people are told, and how much of it they want."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from auth.tables import accounts
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from forum.tables.threads import threads
from ground.columns import Identifier, Moment
from realtime.tables import STREAM_NAME_LENGTH, streams

_UNREAD = text("read_at IS NULL")
_COUNTED = text("read_at IS NULL AND counts")
_DUE = text("mail IS NOT NULL AND mail_id IS NULL AND read_at IS NULL")
_MAILED = text("mail_id IS NOT NULL")

# A line on somebody's list. It holds ids; its words are made when it is read, by what the person may read then.
notifications = Table(
    "notifications",
    metadata,
    own_id(),
    account("account_id"),
    # A word of `forum.notification_kinds.NotificationKind`.
    Column("kind", String(30), nullable=False),
    Column("network_id", Identifier, ForeignKey(networks.c.id)),
    # What it is about: a post, a thread, an act, a report, a membership … as the kind says.
    Column("object_id", Identifier, nullable=False),
    # Who did it; empty where that is not to be told.
    account("actor_id", nullable=True),
    # Where it can be read in a thread: reading that post reads the line.
    Column("thread_id", Identifier, ForeignKey(threads.c.id)),
    Column("number", Integer),
    # Whether the bell counts it; some things the bell counts by themselves, and news it does not count.
    Column("counts", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
    Column("read_at", Moment),
    # Whether a mail is to tell it at once or bundled with others; empty for those who want none.
    Column("mail", String(8)),
    # The mail that took it, alone or with others, and when that was.
    Column("mail_id", Identifier),
    Column("mailed_at", Moment),
    Index("uq_notifications_once", "account_id", "kind", "object_id", unique=True),
    Index("ix_notifications_by_time", "account_id", "created_at"),
    Index("ix_notifications_object_id", "object_id"),
    Index("ix_notifications_unread", "account_id", "thread_id", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    Index("ix_notifications_counted", "account_id", postgresql_where=_COUNTED, sqlite_where=_COUNTED),
    Index("ix_notifications_due", "mail", "created_at", postgresql_where=_DUE, sqlite_where=_DUE),
    Index("ix_notifications_mail_id", "mail_id", postgresql_where=_MAILED, sqlite_where=_MAILED),
)

# Who wrote in a thread since people are told: they hear of what follows unless they say otherwise.
thread_writers = Table(
    "thread_writers",
    metadata,
    Column("thread_id", Identifier, ForeignKey(threads.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
)

# How much somebody wants to hear of a network, and how by mail; no row, or no word: as for all networks.
network_watches = Table(
    "network_watches",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("level", String(6), nullable=False, server_default="normal"),
    Column("mail", String(8)),
    CheckConstraint("level IN ('watch', 'normal', 'mute')", name="level"),
    CheckConstraint("mail IS NULL OR mail IN ('at_once', 'bundled', 'never')", name="mail"),
    Index("ix_network_watches_account_id", "account_id"),
)

# What a person wants by mail where they say nothing else for a network.
mail_wishes = Table(
    "mail_wishes",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("mail", String(8), nullable=False, server_default="bundled"),
    CheckConstraint("mail IN ('at_once', 'bundled', 'never')", name="mail"),
)

# Up to which event of a network's stream people have been told.
followed_streams = Table(
    "followed_streams",
    metadata,
    Column("stream", String(STREAM_NAME_LENGTH), ForeignKey(streams.c.name), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
