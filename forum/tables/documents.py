"""Documents, their versions and folders; who works on one, and who has opened it."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from auth.tables import accounts
from forum.tables.files import blobs
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from forum.tables.threads import threads
from ground.columns import Identifier, Moment

folders = Table(
    "folders",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # None: it lies on the first page of the library.
    Column("parent_id", Identifier, ForeignKey("folders.id")),
    Column("name", String(120), nullable=False),
    # The name folded (small letters, no accents), by which folders are ordered.
    Column("name_key", String(240), nullable=False),
    # Moderators said of this folder that only they see it.
    Column("narrowed", Boolean, nullable=False, server_default=text("false")),
    # That, or it lies in such a folder: what is asked when somebody reads.
    Column("is_narrowed", Boolean, nullable=False, server_default=text("false")),
    account("made_by"),
    Column("created_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_folders_in_network", "network_id", "parent_id"),
    Index("ix_folders_parent_id", "parent_id"),
)

# No number of its own in the network: a hole in such numbers would tell members of what only moderators see.
documents = Table(
    "documents",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("folder_id", Identifier, ForeignKey(folders.c.id)),
    # As its folder has it, so that whoever reads asks one row.
    Column("is_narrowed", Boolean, nullable=False, server_default=text("false")),
    Column("title", String(200), nullable=False),
    Column("title_key", String(400), nullable=False),
    Column("description", String(2000), nullable=False, server_default=""),
    Column("tags", JSON, nullable=False),
    # Who looks after it; None once they have left and nobody has taken it over.
    account("owner_id", nullable=True),
    Column("state", String(10), nullable=False, server_default="current"),
    # The number of its newest version, which its address opens: there are as many.
    Column("version_count", Integer, nullable=False, server_default="1"),
    # Of the newest version, for lists in order.
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(120), nullable=False),
    # Where it is talked about, once somebody has.
    Column("thread_id", Identifier, ForeignKey(threads.c.id)),
    # Its owner asks readers to say "I have read this", and sees who did.
    Column("asks_reading", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    # When its newest version came.
    Column("changed_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    account("withdrawn_by", nullable=True),
    Column("withdrawal_reason", String(1000), nullable=False, server_default=""),
    # It is not deleted while somebody holds it back, and why.
    Column("held_at", Moment),
    Column("hold_reason", String(1000), nullable=False, server_default=""),
    # Raised by whatever changes how its page reads.
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("state IN ('draft', 'current')", name="state"),
    Index("ix_documents_by_time", "network_id", "changed_at", "id"),
    Index("ix_documents_by_title", "network_id", "title_key", "id"),
    Index("ix_documents_folder_id", "folder_id"),
    Index("ix_documents_owner_id", "owner_id", "network_id"),
    # Of most nothing has been said: SQLite would take those for all of one thread, and read every document.
    Index(
        "ix_documents_thread_id",
        "thread_id",
        postgresql_where=text("thread_id IS NOT NULL"),
        sqlite_where=text("thread_id IS NOT NULL"),
    ),
    Index(
        "ix_documents_withdrawn",
        "withdrawn_at",
        postgresql_where=text("withdrawn_at IS NOT NULL"),
        sqlite_where=text("withdrawn_at IS NOT NULL"),
    ),
)

# Never changed once written.
document_versions = Table(
    "document_versions",
    metadata,
    Column("document_id", Identifier, ForeignKey(documents.c.id), primary_key=True),
    # 1… in its document, without holes.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), ForeignKey(blobs.c.sha256), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("name", String(255), nullable=False),
    Column("media_type", String(120), nullable=False),
    account("author_id"),
    Column("note", String(1000), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Index("ix_document_versions_sha256", "sha256"),
    Index("ix_document_versions_author_id", "author_id"),
)

# Since when it is for all readers of its network, or for its moderators alone. Rows stay, so that it can be told who
# could see it then.
document_audiences = Table(
    "document_audiences",
    metadata,
    Column("document_id", Identifier, ForeignKey(documents.c.id), primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("is_narrowed", Boolean, nullable=False),
)

# Somebody works on it. Ends by itself eight hours after their last sign of life.
document_locks = Table(
    "document_locks",
    metadata,
    Column("document_id", Identifier, ForeignKey(documents.c.id), primary_key=True),
    account("holder_id"),
    Column("purpose", String(200), nullable=False, server_default=""),
    Column("taken_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Index("ix_document_locks_holder_id", "holder_id"),
)

# Who wants to be told when it is free.
document_wishes = Table(
    "document_wishes",
    metadata,
    Column("document_id", Identifier, ForeignKey(documents.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
)

# Who has opened it, to be counted alone: nobody is told a name.
document_openings = Table(
    "document_openings",
    metadata,
    Column("document_id", Identifier, ForeignKey(documents.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("opened_at", Moment, nullable=False),
)

# Who said "I have read this" of which version, where its owner asked; the owner sees their names.
document_readings = Table(
    "document_readings",
    metadata,
    Column("document_id", Identifier, ForeignKey(documents.c.id), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("read_at", Moment, nullable=False),
)

# A line at the address of one that was erased for good: nothing of what it said.
erased_documents = Table(
    "erased_documents",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # Only moderators saw it in the end.
    Column("is_narrowed", Boolean, nullable=False),
    # Who looked after it, or had shared its newest version.
    account("concerned_id"),
    Column("reason", String(1000), nullable=False),
    Column("erased_at", Moment, nullable=False),
    Index("ix_erased_documents_concerned_id", "concerned_id"),
    Index("ix_erased_documents_network_id", "network_id"),
)
