"""Networks, and who belongs to them."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, text

from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment
from realtime.tables import streams

networks = Table(
    "networks",
    metadata,
    own_id(),
    Column("slug", String(80), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("purpose", String(500), nullable=False),
    Column("access", String(10), nullable=False),
    Column("accent", String(10), nullable=False, server_default="teal"),
    # The name folded (small letters, no accents), by which the directory is searched and ordered.
    Column("name_key", String(200), nullable=False, server_default=""),
    # What it looks like to a hurried reader (`auth.names.appearance`): two of the directory never look the same.
    Column("look_key", String(200), nullable=False, server_default=""),
    # An audience has one stream: these two must exist, bear the network's own id, and so are nobody else's.
    Column("stream", String(100), ForeignKey(streams.c.name), nullable=False, unique=True),
    Column("moderators_stream", String(100), ForeignKey(streams.c.name), nullable=False, unique=True),
    Column("member_count", Integer, nullable=False, server_default="0"),
    Column("waiting_count", Integer, nullable=False, server_default="0"),
    Column("thread_count", Integer, nullable=False, server_default="0"),
    # How many posts were ever made here; each post keeps the number it got as its `position`.
    Column("post_count", Integer, nullable=False, server_default="0"),
    # When the network was opened to everybody, threads begun up to this position stayed with its members; -1: nothing
    # but what was in its library.
    Column("members_only_until", Integer, nullable=False, server_default="0"),
    # And when that was: who came in later, with nobody letting them in, does not read those threads.
    Column("members_only_since", Moment),
    # Once it is closed again: threads begun up to this position are not for every member, for some came while it was
    # open (see `reads_after` of memberships).
    Column("apart_until", Integer, nullable=False, server_default="0"),
    # So many posts of whoever becomes a member wait for a moderator first; 0: none does.
    Column("hold_first", Integer, nullable=False, server_default="0"),
    # How many posts wait for a moderator now.
    Column("held_count", Integer, nullable=False, server_default="0"),
    # When administrators are next told, or were last told, by mail that people wait to be admitted.
    Column("requests_mail_at", Moment),
    # Since when nobody writes here any more, though everybody reads who did.
    Column("archived_at", Moment),
    # When it is deleted for good, where an administrator asked for that; until then it is read only.
    Column("deletes_at", Moment),
    # Since when nothing is left of it but this row, which keeps its address from being given again.
    Column("deleted_at", Moment),
    # How many announcements its administrators may make in a week.
    Column("weekly_announcements", Integer, nullable=False, server_default="2"),
    # Whether one was made in the last two weeks: only then pages look for what a member has not read.
    Column("is_announcing", Boolean, nullable=False, server_default=text("false")),
    # Whether mails to members may carry what is written here; those of open networks always do.
    Column("mail_content", Boolean, nullable=False, server_default=text("false")),
    # How many bytes all its files have together, whatever else has the same ones.
    Column("stored_bytes", BigInteger, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    account("created_by"),
    Index("ix_networks_name_key", "name_key", "id"),
    Index("ix_networks_look_key", "look_key"),
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
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    account("account_id"),
    Column("role", String(14), nullable=False, server_default="member"),
    Column("status", String(10), nullable=False),
    Column("current", Boolean, nullable=False, server_default=text("true")),
    Column("words", String(1000), nullable=False, server_default=""),
    Column("reason", String(1000), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("since", Moment),
    account("decided_by", nullable=True),
    Column("ended_at", Moment),
    account("ended_by", nullable=True),
    # When somebody who was a member ceased to be one; a later ban of who has left does not move it.
    Column("left_at", Moment),
    # Posts up to this position of the network are read, whatever `read_states` says.
    Column("baseline", Integer, nullable=False, server_default="0"),
    # How many posts of the network are read: unread = networks.post_count - read_count.
    Column("read_count", Integer, nullable=False, server_default="0"),
    # Came while the network was open: until an administrator keeps them in a review they read no threads that began up
    # to this position, for those had stayed with the members of before.
    Column("reads_after", Integer, nullable=False, server_default="0"),
    # The noon (UTC) of the day of the last visit: administrators learn the day, and nothing finer is kept.
    Column("visited_at", Moment),
    # Until then they read and do not write; ends by itself.
    Column("silenced_until", Moment),
    # So many more of their posts must be approved before what they write is read by all at once; -1: all, until a
    # moderator says otherwise.
    Column("hold_left", Integer, nullable=False, server_default="0"),
    # How many posts of theirs wait now.
    Column("held_waiting", Integer, nullable=False, server_default="0"),
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
