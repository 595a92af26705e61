"""Photos of people."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from auth.tables import accounts
from forum.tables.files import blobs
from forum.tables.parts import metadata
from ground.columns import Identifier, Moment

# Squares that we made, by their side in pixels; what was brought is not kept.
account_photos = Table(
    "account_photos",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("side", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), ForeignKey(blobs.c.sha256), nullable=False),
    Column("size", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_account_photos_sha256", "sha256"),
)
