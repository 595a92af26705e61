"""What people were in a network from time to time, organisations, when a member left."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import ground.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memberships", sa.Column("left_at", ground.columns.Moment(), nullable=True))
    op.create_table(
        "membership_states",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("membership_id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("account_id", ground.columns.Identifier(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=14), nullable=False),
        sa.Column("at", ground.columns.Moment(), nullable=False),
        sa.Column("by_id", ground.columns.Identifier(), nullable=False),
        sa.Column("reason", sa.String(length=1000), server_default="", nullable=False),
        sa.CheckConstraint("role IN ('administrator', 'moderator', 'member')", name=op.f("ck_membership_states_role")),
        sa.CheckConstraint(
            "status IN ('requested', 'invited', 'active', 'refused', 'left', 'removed', 'banned')",
            name=op.f("ck_membership_states_status"),
        ),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_membership_states_membership_id")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_membership_states_network_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_membership_states_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_membership_states_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_states")),
    )
    op.create_index("ix_membership_states_by_person", "membership_states", ["network_id", "account_id", "at"])
    op.create_index("ix_membership_states_account_id", "membership_states", ["account_id"])
    op.create_table(
        "organisations",
        sa.Column("id", ground.columns.Identifier(), nullable=False),
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("created_at", ground.columns.Moment(), nullable=False),
        sa.Column("created_by", ground.columns.Identifier(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_organisations_network_id")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_organisations_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("network_id", "name_key", name=op.f("uq_organisations_network_id_name_key")),
    )
    op.create_table(
        "organisation_domains",
        sa.Column("network_id", ground.columns.Identifier(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("organisation_id", ground.columns.Identifier(), nullable=False),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_organisation_domains_network_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_domains_organisation_id")
        ),
        sa.PrimaryKeyConstraint("network_id", "domain", name=op.f("pk_organisation_domains")),
    )
    op.create_index("ix_organisation_domains_organisation_id", "organisation_domains", ["organisation_id"])
    tell_the_past()


def tell_the_past() -> None:
    """What is known of how today's memberships came to be: when they began and ended, by whom and why."""
    connection = op.get_bind()
    memberships = _table(
        "memberships",
        ("id", "network_id", "account_id", "status", "role", "reason", "decided_by", "ended_by"),
        ("created_at", "since", "ended_at", "left_at"),
    )
    states = _table(
        "membership_states",
        ("id", "membership_id", "network_id", "account_id", "status", "role", "by_id", "reason"),
        ("at",),
    )
    was_member = memberships.c.since.is_not(None) & memberships.c.status.in_(("left", "removed", "banned"))
    connection.execute(memberships.update().where(was_member).values(left_at=memberships.c.ended_at))
    last = None
    while rows := _part(connection, memberships, last):
        steps = [state for row in rows for state in _steps(row)]
        if steps:
            connection.execute(states.insert(), steps)
        last = rows[-1].id


def _table(name: str, texts: tuple[str, ...], moments: tuple[str, ...]) -> sa.TableClause:
    ids = {column for column in texts if column == "id" or column.endswith(("_id", "_by"))}
    return sa.table(
        name,
        *(sa.column(column, ground.columns.Identifier() if column in ids else sa.String()) for column in texts),
        *(sa.column(column, ground.columns.Moment()) for column in moments),
    )


def _part(connection: sa.Connection, memberships: sa.TableClause, last: str | None) -> list[sa.Row[Any]]:
    asked = sa.select(memberships).order_by(memberships.c.id).limit(500)
    return list(connection.execute(asked if last is None else asked.where(memberships.c.id > last)))


def _steps(row: sa.Row[Any]) -> list[dict[str, object]]:
    of = {"membership_id": row.id, "network_id": row.network_id, "account_id": row.account_id, "role": row.role}
    steps: list[dict[str, object]] = []
    if row.status in ("requested", "refused", "invited"):
        began = "invited" if row.status == "invited" else "requested"
        by = row.decided_by or row.account_id if began == "invited" else row.account_id
        steps.append({"status": began, "at": row.created_at, "by_id": by, "reason": ""})
    if row.since is not None:
        by = row.decided_by or row.account_id
        steps.append({"status": "active", "at": row.since, "by_id": by, "reason": ""})
    if row.ended_at is not None and row.status in ("refused", "left", "removed", "banned"):
        by = row.ended_by or row.account_id
        steps.append({"status": row.status, "at": row.ended_at, "by_id": by, "reason": row.reason})
    return [{"id": ground.columns.new_id(), **of, **step} for step in steps]
