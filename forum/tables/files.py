"""Files: what is in the store, and what is on its way there."""

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, text

from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

_OLDER = text("scan_due_at IS NOT NULL")

# A row for each file of the store, written once the file is on the disk. What has a file names it by a foreign key:
# a row that no key names is let go after a day, and the file with it (`forum.filing.collecting`).
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    # By what is in it, never by its name.
    Column("media_type", String(120), nullable=False),
    Column("created_at", Moment, nullable=False),
    # When somebody last brought these bytes: whoever did may still be about to name them.
    Column("kept_at", Moment, nullable=False),
    # Brought while there was no virus scanner: when one is asked about it, behind the others; none once it has
    # answered. What is brought beside one is held back where it stands (`file_checks`).
    Column("scan_due_at", Moment),
    CheckConstraint("size >= 0", name="size"),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    Index("ix_blobs_scan_due", "scan_due_at", postgresql_where=_OLDER, sqlite_where=_OLDER),
)

# A file on its way in by several requests (tus). Only who began it knows of it; gone when something takes it, or when
# nothing came for a day.
uploads = Table(
    "uploads",
    metadata,
    own_id(),
    account("account_id"),
    # Where it is to go: whether there is room is told at the beginning. What belongs to no network has none.
    Column("network_id", Identifier, ForeignKey(networks.c.id)),
    Column("name", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    # How much of it has come, and in which parts, where the store keeps them apart.
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("parts", JSON, nullable=False, server_default="[]"),
    # Once all of it is there.
    Column("sha256", String(64), ForeignKey(blobs.c.sha256)),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    CheckConstraint("received >= 0 AND received <= size", name="received"),
    Index("ix_uploads_account_id", "account_id"),
    Index("ix_uploads_expires_at", "expires_at"),
)
