"""The tables of `auth`: accounts, sessions, personal tokens and single-use e-mail links.

Secrets are never stored: a session, a token and a link are kept as the SHA-256 of what the browser,
the program or the mail carries. Those secrets hold 256 random bits, so a slow hash would add nothing.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Integer, MetaData, String, Table, Text, text
from sqlalchemy.sql import expression

from ground.columns import NAMING_CONVENTION, Identifier, Moment

metadata = MetaData(naming_convention=NAMING_CONVENTION)

#: One row for each person, for ever: posts point here after the account was closed.
#: An *unclaimed* account (an imported author) has no password and was never verified; its owner claims it by proving
#: the address. `version` rises with whatever others may see; `password_version` voids links and browser cookies.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("email", Text),  # as typed; mail always goes here, never to what somebody typed later
    Column("email_key", Text, unique=True),  # normalised, see auth.emails; empty only once the account is closed
    Column("password_hash", Text),
    Column("name", Text, nullable=False),
    Column("job_title", Text, nullable=False, server_default=""),
    Column("organisation", Text, nullable=False, server_default=""),
    Column("about", Text, nullable=False, server_default=""),
    Column("verified_at", Moment),
    Column("closed_at", Moment),
    Column("suspended_at", Moment),
    Column("site_administrator", Boolean, nullable=False, server_default=expression.false()),
    Column("former_name_shown", Boolean, nullable=False, server_default=expression.false()),
    Column("created_at", Moment, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("password_version", Integer, nullable=False, server_default=text("1")),
    CheckConstraint("closed_at IS NOT NULL OR (email IS NOT NULL AND email_key IS NOT NULL)", name="open_has_email"),
)

#: One row for each browser that is signed in. Ending a session deletes its row.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("user_agent", Text, nullable=False),  # short: "Firefox on Windows"
)

#: Personal API tokens. A revoked one stays, so that its owner can see that it is gone and when it was last used.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
)

#: Single-use links in mails, bound to purpose, person, address and password version.
links = Table(
    "links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Identifier, ForeignKey(accounts.c.id), nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("address", Text, nullable=False),
    Column("password_version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("used_at", Moment),
)
