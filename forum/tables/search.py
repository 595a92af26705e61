"""What is searched: a row for each thing that can be found, in the words of `forum.search.terms`.

Beside them stands the index proper, `search_index`, which each database has in its own way and no table here can
describe: FTS5 over these rows on SQLite, kept by triggers; a `tsvector` for each row on PostgreSQL.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
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

from forum.tables.networks import networks
from forum.tables.parts import account, metadata
from forum.tables.threads import posts, threads
from ground.columns import Identifier, Moment

OF_DOCUMENTS = text("kind IN ('document', 'text', 'card')")

search_rows = Table(
    "search_rows",
    metadata,
    # Newer things have greater numbers: seconds of the moment, then a part of the thing's own id.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    # thread (its title and first post), post (each later one), document (what is said of it), text (what its newest
    # version says), card, person or network.
    Column("kind", String(10), nullable=False),
    Column("object_id", Identifier, nullable=False),
    # Of a text, which goes into several rows: 0 is written last, so that all of it is there with that one.
    Column("part", Integer, nullable=False, server_default="0"),
    # Of a text, on which pages it stands, and how many characters of the first stand before it.
    Column("page", Integer, nullable=False, server_default="0"),
    Column("last_page", Integer, nullable=False, server_default="0"),
    Column("begins_at", Integer, nullable=False, server_default="0"),
    # Of threads, posts, documents and cards; a network's row names itself.
    Column("network_id", Identifier, ForeignKey(networks.c.id)),
    Column("thread_id", Identifier, ForeignKey(threads.c.id)),
    # The post whose words these are, of a thread its first.
    Column("post_id", Identifier, ForeignKey(posts.c.id)),
    # Who wrote it; of a person the person.
    account("account_id", nullable=True),
    # What was read is of this version, and of this title: a row that is behind finds nothing. Of a text it is the
    # number of the document's version that says it.
    Column("version", Integer, nullable=False),
    Column("heading", String(200), nullable=False, server_default=""),
    Column("moment", Moment, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    # By which rows are told apart inside the index: kind, network, person.
    Column("tags", Text, nullable=False),
    # PostgreSQL does not keep every place of a word in so long a text: phrases in it are looked for anew.
    Column("is_long", Boolean, nullable=False),
    UniqueConstraint("kind", "object_id", "part"),
    Index("ix_search_rows_post_id", "post_id"),
    Index("ix_search_rows_network_id", "network_id"),
    Index("ix_search_rows_account_id", "account_id"),
    Index("ix_search_rows_thread_id", "thread_id"),
    # The newest that stands in documents is looked through first.
    Index("ix_search_rows_documents", "id", postgresql_where=OF_DOCUMENTS, sqlite_where=OF_DOCUMENTS),
)

# In how many rows of a network a term stands, so that it is forgotten with the last of them: what typing errors are
# mended by. The number says nothing to anybody.
search_terms = Table(
    "search_terms",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    Column("term", String(60), primary_key=True),
    Column("uses", Integer, nullable=False),
)

# Up to which event of a stream the index is kept; the row `everything` says for which version of the terms it was
# filled, `people` at which `people_version` of the site.
search_cursors = Table(
    "search_cursors",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
