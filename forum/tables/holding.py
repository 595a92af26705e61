"""Posts that wait for a moderator, threads that moved to another network, and whom the limits held back."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from auth.tables import accounts
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from forum.tables.threads import posts, threads
from ground.columns import Identifier, Moment

# What somebody wrote that nobody else reads before a moderator has. It has no number; once approved, its id is that of
# the post, or of the thread, that it becomes.
held_posts = Table(
    "held_posts",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # None: it begins a thread, which has this title.
    Column("thread_id", Identifier, ForeignKey(threads.c.id)),
    Column("title", String(200), nullable=False, server_default=""),
    Column("body", Text, nullable=False),
    Column("reply_to_id", Identifier, ForeignKey(posts.c.id)),
    account("author_id"),
    Column("created_at", Moment, nullable=False),
    # newcomer or person: why it waits.
    Column("why", String(10), nullable=False),
    # approved, rejected, withdrawn by its author, or lapsed as they ceased to be a member; empty while it waits. Words
    # that were rejected or lapsed stay for the author to read.
    Column("outcome", String(10), nullable=False, server_default=""),
    # Why it was rejected.
    Column("reason", String(1000), nullable=False, server_default=""),
    account("decided_by", nullable=True),
    Column("decided_at", Moment),
    Index("ix_held_posts_network_id", "network_id", "outcome", "id"),
    Index("ix_held_posts_author_id", "author_id", "network_id", "outcome"),
)

# A network's numbers have no holes: here stands which thread had this one, as long as it is elsewhere.
moved_threads = Table(
    "moved_threads",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), nullable=False),
    Column("moved_at", Moment, nullable=False),
    UniqueConstraint("network_id", "number"),
    Index("ix_moved_threads_thread_id", "thread_id"),
)

# The same for positions. They count as read for everybody: see `forum.threads.reading_commands`.
moved_posts = Table(
    "moved_posts",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("post_id", Identifier, ForeignKey(posts.c.id), nullable=False),
    Index("ix_moved_posts_post_id", "post_id"),
)

# What members of a network had read of a thread, and wanted to hear of it, before it moved to where they are not:
# should it come back, they find it as they left it.
moved_readings = Table(
    "moved_readings",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), primary_key=True),
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    Column("ranges", JSON(none_as_null=True)),
    Column("read_count", Integer),
    Column("level", String(6)),
    Index("ix_moved_readings_thread_id", "thread_id", "network_id"),
)

# Whom the limits of a network held back on a day, and how often: for its moderators, so that no limit works unseen.
held_back = Table(
    "held_back",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    # A word of `forum.records.Limit`.
    Column("limit_name", String(20), primary_key=True),
    Column("on_day", String(10), primary_key=True),
    Column("times", Integer, nullable=False, server_default=text("1")),
    Column("last_at", Moment, nullable=False),
)
