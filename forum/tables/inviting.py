"""How people are brought in: invitations by address, joining links, and addresses at which mail does not arrive."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, false, text

from auth.tables import accounts
from forum.tables.networks import networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

# Whom administrators invited by e-mail. It says nothing of whether the address has an account: where
# it has a verified one, or once it gets one, an invited membership stands beside it.
invitations = Table(
    "invitations",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # One request invites several people; its key stands in `requests` with this id.
    Column("batch_id", Identifier, nullable=False),
    Column("address", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    # As it stood beside the address in the list; for the network's administrators alone.
    Column("name", String(100), nullable=False, server_default=""),
    # The same of the organisation; offered to whoever registers by the invitation.
    Column("organisation", String(100), nullable=False, server_default=""),
    Column("role", String(14), nullable=False),
    Column("message", String(1000), nullable=False, server_default=""),
    account("invited_by"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    # For how many days it was meant; sending it again begins them anew.
    Column("valid_days", Integer, nullable=False, server_default="28"),
    # When a mail server last took it over, and when it came back or was refused, with why in our own words.
    Column("sent_at", Moment),
    Column("bounced_at", Moment),
    Column("bounce", String(200), nullable=False, server_default=""),
    # When the page behind its link was first shown.
    Column("opened_at", Moment),
    Column("reminded_at", Moment),
    # Accepted, declined, cancelled, or expired and made room for another; until then it waits for an answer.
    Column("ended_at", Moment),
    Column("outcome", String(10), nullable=False, server_default=""),
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
    Index("ix_invitations_network_id", "network_id", "id"),
    Index("ix_invitations_invited_by", "invited_by", "created_at"),
)

# What an administrator could not send of a list because of the limit of a day: kept for them alone, for two weeks, and
# offered again.
invitation_drafts = Table(
    "invitation_drafts",
    metadata,
    Column("account_id", Identifier, ForeignKey(accounts.c.id), primary_key=True),
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    # As the form takes it: an entry on each line.
    Column("entries", Text, nullable=False),
    Column("entry_count", Integer, nullable=False),
    Column("role", String(14), nullable=False),
    Column("message", String(1000), nullable=False, server_default=""),
    Column("valid_days", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# An address that whoever has it may join by, so many times and so long. Its secret is made from the id and the
# site's key, and kept nowhere; a network has one at a time.
joining_links = Table(
    "joining_links",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    # Whether who comes by it asks to be admitted, instead of being a member at once.
    Column("asks", Boolean, nullable=False, server_default=false()),
    Column("most_uses", Integer, nullable=False),
    Column("use_count", Integer, nullable=False, server_default="0"),
    Column("expires_at", Moment, nullable=False),
    account("made_by"),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),
    account("ended_by", nullable=True),
    CheckConstraint("use_count >= 0 AND use_count <= most_uses", name="uses"),
    Index(
        "uq_joining_links_network_id",
        "network_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
)

# Addresses from which mail came back, or that a mail server refused for good; gone once mail has arrived there again.
bounced_addresses = Table(
    "bounced_addresses",
    metadata,
    Column("email_key", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    # In our own words, never those of another mail server.
    Column("reason", String(200), nullable=False, server_default=""),
)
