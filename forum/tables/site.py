"""The site as a whole: its pages, and the keys of requests."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from auth.tables import accounts
from forum.tables.parts import account, metadata
from ground.columns import Identifier, Moment

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
    account("updated_by"),
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
