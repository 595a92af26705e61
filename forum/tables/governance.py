"""When an administrator of the site broke the glass: read, for a time and for a reason, what they may not see."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

# Open until `ends_at`, or until `ended_at` where that came sooner. Kept for ever: it says who could see what.
broken_glass = Table(
    "broken_glass",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    account("account_id"),
    Column("reason", String(1000), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index("ix_broken_glass_account_id", "account_id", "ends_at"),
    Index("ix_broken_glass_network_id", "network_id", "ends_at"),
)
