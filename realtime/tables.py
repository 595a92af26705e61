"""The tables of the event log: who can hear (streams), what happened (events), what is to be done (outbox).

Two laws stand in the schema: an audience has one stream (its name, which says whose it is, is the
key), and an event without a stream cannot be written (the foreign key).
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

from ground.columns import NAMING_CONVENTION, Identifier, Moment

metadata = MetaData(naming_convention=NAMING_CONVENTION)

STREAM_NAME_LENGTH = 100

streams = Table(
    "streams",
    metadata,
    Column("name", String(STREAM_NAME_LENGTH), primary_key=True),
    # The number of the last event: taken by UPDATE … RETURNING as the last step before COMMIT,
    # so that the lock on this row makes seq order and commit order the same.
    Column("head", BigInteger, nullable=False, server_default="0"),
    # Raised together with head whenever somebody's right to read this stream may have ended.
    Column("authz_version", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("head >= 0", name="head_not_negative"),
)

epoch = Table(
    "epoch",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False, server_default="1"),
    Column("epoch", String(32), nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

events = Table(
    "events",
    metadata,
    Column("stream", String(STREAM_NAME_LENGTH), ForeignKey(streams.c.name), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(64), nullable=False),
    Column("object_id", String(100), nullable=False),
    Column("object_version", Integer, nullable=False),
    # The stream's authz_version as of this event: a gateway that checked its readers against an
    # older one asks again before it sends this.
    Column("authz_version", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("seq > 0", name="seq_positive"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("kind", String(64), nullable=False),
    # Ids only, never words: what a task says is read and judged again when it is done.
    Column("reference", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    # Not before this moment; NULL when the task was given up and waits for a person to look.
    Column("available_at", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("leased_until", Moment),
    Column("last_error", Text),
    Index("ix_outbox_kind_available_at", "kind", "available_at"),
)
