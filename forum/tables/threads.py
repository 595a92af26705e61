"""Threads and posts, and what each person has read of them."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from auth.tables import accounts
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

threads = Table(
    "threads",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    # What it was called before the title was hidden with the first post; gone once that is back, or erased.
    Column("hidden_title", String(200), nullable=False, server_default=""),
    account("author_id"),
    Column("created_at", Moment, nullable=False),
    Column("post_count", Integer, nullable=False, server_default="0"),
    Column("first_position", Integer, nullable=False, server_default="0"),
    Column("last_position", Integer, nullable=False, server_default="0"),
    Column("last_post_at", Moment, nullable=False),
    account("last_author_id"),
    Column("pinned_at", Moment),
    Column("locked_at", Moment),
    # So many minutes must lie between two posts of one person, who is no moderator; 0: none need.
    Column("slow_minutes", Integer, nullable=False, server_default="0"),
    # Raised by whatever changes how any page of the thread reads: posts, edits, removals, pins.
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("network_id", "number"),
)
Index(
    "ix_threads_by_activity",
    threads.c.network_id,
    threads.c.last_post_at.desc(),
    threads.c.id.desc(),
)
Index(
    "ix_threads_pinned",
    threads.c.network_id,
    postgresql_where=threads.c.pinned_at.is_not(None),
    sqlite_where=threads.c.pinned_at.is_not(None),
)
Index("ix_threads_by_author", threads.c.network_id, threads.c.author_id)
Index("ix_threads_by_last_position", threads.c.network_id, threads.c.last_position)

posts = Table(
    "posts",
    metadata,
    own_id(),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), nullable=False),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # 1… in its thread, without holes.
    Column("number", Integer, nullable=False),
    # 1… in its network, without holes, in the order of writing.
    Column("position", Integer, nullable=False),
    account("author_id"),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    # The first words, for the line above an answer; empty once the post is removed or hidden.
    Column("excerpt", String(200), nullable=False),
    Column("reply_to_id", Identifier, ForeignKey("posts.id")),
    Column("created_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("removed_at", Moment),
    account("removed_by", nullable=True),
    Column("removal_reason", String(1000), nullable=False, server_default=""),
    # Hidden rather than removed: `removed_at` is set too, so that whatever asks for it shows no words of either.
    # A word of `forum.records.Rule`, which the stub names.
    Column("hidden_rule", String(20), nullable=False, server_default=""),
    # The words are gone for good; `removed_at` is set too.
    Column("erased_at", Moment),
    # Brought in from an archive: its body is plain text laid out as written, not Markdown.
    Column("is_imported", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default="1"),
    # How many files it carries as it stands: of the others nobody asks.
    Column("file_count", Integer, nullable=False, server_default="0"),
    UniqueConstraint("thread_id", "number"),
    Index("ix_posts_by_position", "thread_id", "position"),
    Index("ix_posts_by_time", "thread_id", "created_at"),
    Index("ix_posts_by_author", "author_id", "network_id"),
    # Most posts answer none: without those, the planner can tell that the index finds few rows.
    Index(
        "ix_posts_reply_to_id",
        "reply_to_id",
        postgresql_where=text("reply_to_id IS NOT NULL"),
        sqlite_where=text("reply_to_id IS NOT NULL"),
    ),
    # Few were ever edited; an erasing looks through those of the last minutes.
    Index(
        "ix_posts_edited_at",
        "edited_at",
        postgresql_where=text("edited_at IS NOT NULL"),
        sqlite_where=text("edited_at IS NOT NULL"),
    ),
)

# What a post said before each edit; the newest words are in `posts`.
post_versions = Table(
    "post_versions",
    metadata,
    Column("post_id", Identifier, ForeignKey(posts.c.id), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("post_id", Identifier, ForeignKey(posts.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Index("ix_mentions_account_id", "account_id"),
)

# Posts that mention a member or answer them, until they have read them: what the bell counts on every page.
# They go with the membership; whoever counts asks for that all the same.
addressed_posts = Table(
    "addressed_posts",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("post_id", Identifier, ForeignKey(posts.c.id), primary_key=True),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), nullable=False),
    # As in `posts`, where they never change.
    Column("number", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Index("ix_addressed_posts_post_id", "post_id"),
)

# What a person has read of a thread, as ranges of post numbers: [[1, 40], [43, 43]].
# No row: read up to the membership's baseline.
read_states = Table(
    "read_states",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), primary_key=True),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("ranges", JSON, nullable=False),
    Column("read_count", Integer, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_read_states_account_id_network_id", "account_id", "network_id"),
)

watches = Table(
    "watches",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), primary_key=True),
    Column("level", String(6), nullable=False),
    CheckConstraint("level IN ('watch', 'normal', 'mute')", name="level"),
    Index("ix_watches_thread_id", "thread_id"),
)

# Which message of an archive became which post, so that a second run adds only what is new.
imported_messages = Table(
    "imported_messages",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    Column("message_id", String(255), primary_key=True),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), nullable=False),
    Column("post_id", Identifier, ForeignKey(posts.c.id), nullable=False),
)
