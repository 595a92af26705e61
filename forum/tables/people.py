"""What a person was in a network from time to time, and the organisations that its administrators tell apart."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from forum.tables.networks import memberships, networks
from forum.tables.parts import account, metadata, own_id
from ground.columns import Identifier, Moment

# Each step of a membership, kept for ever: what somebody became, in which role, when, by whom and why.
# `memberships` says how things stand; this says how they came to stand so.
membership_states = Table(
    "membership_states",
    metadata,
    own_id(),
    Column("membership_id", Identifier, ForeignKey(memberships.c.id), nullable=False),
    # As in `memberships`, where they never change.
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    account("account_id"),
    Column("status", String(10), nullable=False),
    Column("role", String(14), nullable=False),
    Column("at", Moment, nullable=False),
    # Who decided; the person's own id where they did it themselves.
    account("by_id"),
    Column("reason", String(1000), nullable=False, server_default=""),
    # By what they came where they came by themselves, or came back (`records.Door`); and who had opened it to them.
    Column("door", String(10), nullable=False, server_default=""),
    account("door_by", nullable=True),
    CheckConstraint("role IN ('administrator', 'moderator', 'member')", name="role"),
    CheckConstraint(
        "status IN ('requested', 'invited', 'active', 'refused', 'left', 'removed', 'banned')", name="status"
    ),
    Index("ix_membership_states_by_person", "network_id", "account_id", "at"),
    Index("ix_membership_states_account_id", "account_id"),
)

# An organisation as the administrators of one network name it.
organisations = Table(
    "organisations",
    metadata,
    own_id(),
    Column("network_id", Identifier, ForeignKey(networks.c.id), nullable=False),
    Column("name", String(200), nullable=False),
    # The name folded (small letters, no accents): two that differ in nothing else are one.
    Column("name_key", String(400), nullable=False),
    Column("created_at", Moment, nullable=False),
    account("created_by"),
    Column("version", Integer, nullable=False, server_default=text("1")),
    UniqueConstraint("network_id", "name_key"),
)

# Whose verified address ends in such a domain, or in one below it, belongs to the organisation.
organisation_domains = Table(
    "organisation_domains",
    metadata,
    Column("network_id", Identifier, ForeignKey(networks.c.id), primary_key=True),
    # In IDNA's ASCII form and small letters, as in `accounts.email_key`.
    Column("domain", String(253), primary_key=True),
    Column("organisation_id", Identifier, ForeignKey(organisations.c.id), nullable=False),
    Index("ix_organisation_domains_organisation_id", "organisation_id"),
)
