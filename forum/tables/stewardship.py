"""What administrators say to all members, and how much goes on in a network week by week."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from auth.tables import accounts
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

# Words of an administrator to every member, by page and mail.
announcements = Table(
    "announcements",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    account("author_id"),
    Column("title", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_announcements_by_time", "network_id", "created_at"),
)

# Who put an announcement away: their pages show it no more. Nobody but they themselves is told.
announcement_reads = Table(
    "announcement_reads",
    metadata,
    Column("announcement_id", Identifier, ForeignKey(announcements.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("read_at", Moment, nullable=False),
)

# How many members came or wrote in a week: a number alone, for who that was is nobody's business.
network_weeks = Table(
    "network_weeks",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    # The Monday, such as 2026-11-23.
    Column("week_on", String(10), primary_key=True),
    Column("active_count", Integer, nullable=False),
)
