"""Pictures and other files that posts carry."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, text

from forum.tables.files import blobs
from forum.tables.holding import held_posts
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from forum.tables.threads import posts
from ground.columns import Identifier, Moment

# Brought before the post is sent, by somebody who alone sees it until then; gone after a day if it never is sent.
post_files = Table(
    "post_files",
    metadata,
    own_id(),
    # Where its bytes count; it moves with its thread.
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    account("brought_by"),
    # Whoever reads the post may have the file. Neither of both: it belongs to words that are not sent yet.
    Column("post_id", Identifier, ForeignKey(posts.c.id)),
    Column("held_id", Identifier, ForeignKey(held_posts.c.id)),
    # 1… in its post.
    Column("place", Integer, nullable=False, server_default="0"),
    # The first version of the post that has it, and the first one that no longer has it.
    Column("from_version", Integer, nullable=False, server_default="1"),
    Column("until_version", Integer),
    Column("name", String(255), nullable=False),
    # What a picture shows, for those who can't see it.
    Column("alt", String(500), nullable=False, server_default=""),
    Column("media_type", String(120), nullable=False),
    Column("sha256", String(64), ForeignKey(blobs.c.sha256), nullable=False),
    Column("size", BigInteger, nullable=False),
    # With its pictures: what is counted to the network.
    Column("stored_bytes", BigInteger, nullable=False),
    # Of the largest picture of it, so that its place is kept before it comes; 0: it is shown as a line.
    Column("width", Integer, nullable=False, server_default="0"),
    Column("height", Integer, nullable=False, server_default="0"),
    # Why a picture is not shown, by the name of the reason.
    Column("why", String(20), nullable=False, server_default=""),
    # Of a picture: whether its bytes are without what a camera wrote into it. False: they can't be, and are given to
    # nobody; null: nobody has looked yet, which whoever asks for them first does.
    Column("is_bare", Boolean),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("post_id IS NULL OR held_id IS NULL", name="one_place"),
    Index("ix_post_files_post_id", "post_id", "place"),
    Index("ix_post_files_network_id", "network_id"),
    Index("ix_post_files_sha256", "sha256"),
    Index(
        "ix_post_files_held_id",
        "held_id",
        postgresql_where=text("held_id IS NOT NULL"),
        sqlite_where=text("held_id IS NOT NULL"),
    ),
    # Those that nothing became of yet.
    Index(
        "ix_post_files_unsent",
        "created_at",
        postgresql_where=text("post_id IS NULL AND held_id IS NULL"),
        sqlite_where=text("post_id IS NULL AND held_id IS NULL"),
    ),
)

# What is shown of a picture: made anew by a process that can do nothing else, never the bytes that somebody brought.
post_pictures = Table(
    "post_pictures",
    metadata,
    Column("file_id", Identifier, ForeignKey(post_files.c.id, ondelete="CASCADE"), primary_key=True),
    # The width that it was made for, in pixels.
    Column("fits", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), ForeignKey(blobs.c.sha256), nullable=False),
    Column("size", Integer, nullable=False),
    Index("ix_post_pictures_sha256", "sha256"),
)
