"""Every table of the forum: the data dictionary.

Nothing here is deleted in use: memberships end, posts leave a stub, earlier versions stay.
`auth.tables` holds accounts and sessions, `realtime.tables` the streams and their events.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from auth.tables import accounts
from ground.columns import NAMING_CONVENTION, Identifier, Moment
from realtime.tables import streams

metadata = MetaData(naming_convention=NAMING_CONVENTION)


def _id() -> Column[str]:
    return Column("id", Identifier, primary_key=True)


def _account(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Identifier, ForeignKey(accounts.c.id), nullable=nullable)


# One row. `people_version` is raised when anything changes that posts show of their authors, so
# that rendered posts are made anew: names, job titles, accounts closed, members who left.
site = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("people_version", Integer, nullable=False, server_default="1"),
    CheckConstraint("id = 1", name="one_row"),
)

# The pages that the law asks for, once an administrator of the site has edited them.
site_pages = Table(
    "site_pages",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
    _account("updated_by"),
)

networks = Table(
    "networks",
    metadata,
    _id(),
    Column("slug", String(80), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("purpose", String(500), nullable=False),
    Column("access", String(10), nullable=False),
    Column("accent", String(10), nullable=False, server_default="teal"),
    # The name folded (small letters, no accents), by which the directory is searched and ordered.
    Column("name_key", String(200), nullable=False, server_default=""),
    # An audience has one stream: these two must exist, bear the network's own id, and so are nobody else's.
    Column("stream", String(100), ForeignKey(streams.c.name), nullable=False, unique=True),
    Column("moderators_stream", String(100), ForeignKey(streams.c.name), nullable=False, unique=True),
    Column("member_count", Integer, nullable=False, server_default="0"),
    Column("waiting_count", Integer, nullable=False, server_default="0"),
    Column("thread_count", Integer, nullable=False, server_default="0"),
    # How many posts were ever made here; each post keeps the number it got as its `position`.
    Column("post_count", Integer, nullable=False, server_default="0"),
    # When the network was opened to everybody, threads begun up to this position stayed with its members.
    Column("members_only_until", Integer, nullable=False, server_default="0"),
    # When administrators are next told, or were last told, by mail that people wait to be admitted.
    Column("requests_mail_at", Moment),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    _account("created_by"),
    Index("ix_networks_name_key", "name_key", "id"),
    CheckConstraint("access IN ('open', 'closed', 'unlisted', 'secret')", name="access"),
    CheckConstraint("stream = 'network:' || CAST(id AS VARCHAR(36))", name="own_stream"),
    CheckConstraint("moderators_stream = 'moderators:' || CAST(id AS VARCHAR(36))", name="own_moderators_stream"),
)

# Addresses that a network had before: never given to another, and they lead on for its readers.
former_addresses = Table(
    "former_addresses",
    metadata,
    Column("slug", String(80), primary_key=True),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
)

# A row for each time that a person asked, was invited or belonged; `current` marks the newest.
memberships = Table(
    "memberships",
    metadata,
    _id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    _account("account_id"),
    Column("role", String(14), nullable=False, server_default="member"),
    Column("status", String(10), nullable=False),
    Column("current", Boolean, nullable=False, server_default=text("true")),
    Column("words", String(1000), nullable=False, server_default=""),
    Column("reason", String(1000), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("since", Moment),
    _account("decided_by", nullable=True),
    Column("ended_at", Moment),
    _account("ended_by", nullable=True),
    # Posts up to this position of the network are read, whatever `read_states` says.
    Column("baseline", Integer, nullable=False, server_default="0"),
    # How many posts of the network are read: unread = networks.post_count - read_count.
    Column("read_count", Integer, nullable=False, server_default="0"),
    Column("visited_at", Moment),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("role IN ('administrator', 'moderator', 'member')", name="role"),
    CheckConstraint(
        "status IN ('requested', 'invited', 'active', 'refused', 'left', 'removed', 'banned')", name="status"
    ),
    Index(
        "uq_memberships_current",
        "account_id",
        "network_id",
        unique=True,
        postgresql_where=text("current"),
        sqlite_where=text("current"),
    ),
    Index("ix_memberships_by_since", "network_id", "status", "since"),
    Index("ix_memberships_by_role", "network_id", "status", "role"),
    Index("ix_memberships_by_account", "account_id", "network_id"),
)

# Whom administrators invited by e-mail. It says nothing of whether the address has an account: where
# it has a verified one, or once it gets one, an invited membership stands beside it.
invitations = Table(
    "invitations",
    metadata,
    _id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # One request invites several people; its key stands in `requests` with this id.
    Column("batch_id", Identifier, nullable=False),
    Column("address", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("role", String(14), nullable=False),
    Column("message", String(1000), nullable=False, server_default=""),
    _account("invited_by"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # Accepted, declined or withdrawn; until then it waits for an answer.
    Column("ended_at", Moment),
    CheckConstraint("role IN ('administrator', 'moderator', 'member')", name="role"),
    Index(
        "uq_invitations_waiting",
        "network_id",
        "email_key",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
    Index("ix_invitations_email_key", "email_key"),
)

threads = Table(
    "threads",
    metadata,
    _id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    _account("author_id"),
    Column("created_at", Moment, nullable=False),
    Column("post_count", Integer, nullable=False, server_default="0"),
    Column("first_position", Integer, nullable=False, server_default="0"),
    Column("last_position", Integer, nullable=False, server_default="0"),
    Column("last_post_at", Moment, nullable=False),
    _account("last_author_id"),
    Column("pinned_at", Moment),
    Column("locked_at", Moment),
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
    _id(),
    Column("thread_id", Identifier, ForeignKey(threads.c.id), nullable=False),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # 1… in its thread, without holes.
    Column("number", Integer, nullable=False),
    # 1… in its network, without holes, in the order of writing.
    Column("position", Integer, nullable=False),
    _account("author_id"),
    Column("body", Text, nullable=False),
    Column("html", Text, nullable=False),
    # The first words, for the line above an answer; empty once the post is removed.
    Column("excerpt", String(200), nullable=False),
    Column("reply_to_id", Identifier, ForeignKey("posts.id")),
    Column("created_at", Moment, nullable=False),
    Column("edited_at", Moment),
    Column("removed_at", Moment),
    _account("removed_by", nullable=True),
    Column("removal_reason", String(1000), nullable=False, server_default=""),
    # Brought in from an archive: its body is plain text laid out as written, not Markdown.
    Column("is_imported", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default="1"),
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

# The keys of creating requests: the same click twice makes one thing (contract, P2).
requests = Table(
    "requests",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("path", String(200), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("object_id", String(36), nullable=False),
    Column("created_at", Moment, nullable=False),
)
