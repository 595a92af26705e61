"""What was done, by whom and why: rows that are only added, each sealed to the one before.

Rows hold ids, settings and hashes of texts, never words. The words (reasons, names, addresses) lie in
`audit_words`, which can be emptied without breaking the chain: a row keeps only the hash of each.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from forum.tables.parts import metadata, own_id
from ground.columns import Identifier, Moment

# One chain for each network, by its id, and one called `site` for what concerns no network.
audit_chains = Table(
    "audit_chains",
    metadata,
    Column("name", String(36), primary_key=True),
    Column("head", BigInteger, nullable=False, server_default="0"),
    # The seal of the last row.
    Column("seal", String(64), nullable=False, server_default=""),
    CheckConstraint("head >= 0", name="head_not_negative"),
)

audit_rows = Table(
    "audit_rows",
    metadata,
    own_id(),
    Column("chain", String(36), ForeignKey(audit_chains.c.name), nullable=False),
    # 1… in its chain, without holes.
    Column("number", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    # No foreign keys: a row outlives whatever it names. No actor: Confer itself, such as its worker.
    Column("actor_id", Identifier),
    # The role in force in that network: member, moderator, administrator, or the site's administrator; or none.
    Column("role", String(20), nullable=False),
    # What was done, such as `member.removed`.
    Column("act", String(40), nullable=False),
    Column("object_kind", String(20), nullable=False),
    Column("object_id", String(36), nullable=False),
    # Whom it concerns, where that is a person.
    Column("subject_id", Identifier),
    # Settings and ids before and after, as JSON in its one canonical form; null where there is nothing to tell.
    Column("before", Text),
    Column("after", Text),
    # The salted hash of each word that belongs to the row, by the word's name, as JSON in the same form.
    Column("words", Text, nullable=False),
    # SHA-256 over the row and the seal of the one before.
    Column("seal", String(64), nullable=False),
    Index("uq_audit_rows_chain_number", "chain", "number", unique=True),
    Index("ix_audit_rows_actor_id", "actor_id"),
    Index("ix_audit_rows_subject_id", "subject_id"),
    Index("ix_audit_rows_object_id", "object_id"),
)

# The words that belong to a row: `reason`, `actor` and `subject` (their names at that time), `address` and others.
# Each may be emptied, or taken out, alone.
audit_words = Table(
    "audit_words",
    metadata,
    Column("row_id", Identifier, ForeignKey(audit_rows.c.id), primary_key=True),
    Column("name", String(40), primary_key=True),
    # Each has its own: without it nobody can find out by trying which word was hashed. Emptied with the word.
    Column("salt", String(32), nullable=False),
    Column("word", Text, nullable=False),
)

# Where each chain stood when a row of the site's chain took that down (`row_id`), which seals it: a chain that is cut
# off afterwards, its head with it, lacks a row that was its last. No foreign keys: what is missing is to be missed.
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("row_id", Identifier, primary_key=True),
    Column("chain", String(36), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("seal", String(64), nullable=False),
    Index("ix_audit_heads_chain_number", "chain", "number"),
)
