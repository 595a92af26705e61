"""Breaking the glass: an administrator of the site reads for a time what they may not see, and nothing more.

Whoever reads through broken glass has no role: they read what members read, and write nothing. The condition stands
in `readable_by_account` and its like, and in `may_read`, so that pages, API and sockets all follow.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from auth.tables import accounts
from forum.policy.decision import YES, Decision, when
from forum.records import Network
from forum.tables import broken_glass, networks
from forum.viewer import Viewer
from ground.clock import this_moment

_keepers = accounts.alias("keepers")


def reads_through_glass(account_id: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """Networks whose glass this account has broken, as long as it lasts and they look after the site; nothing of those
    that are deleted."""
    through = exists(
        select(broken_glass.c.id)
        .join(_keepers, _keepers.c.id == broken_glass.c.account_id)
        .where(
            broken_glass.c.network_id == networks.c.id,
            broken_glass.c.account_id == account_id,
            broken_glass.c.ended_at.is_(None),
            broken_glass.c.ends_at > this_moment(),
            _keepers.c.site_administrator,
        )
    ).correlate_except(broken_glass, _keepers)
    return and_(networks.c.deleted_at.is_(None), through)


def may_oversee(viewer: Viewer) -> Decision:
    """See every network's name, size and settings, and the site's own log: never what a network holds."""
    return when(viewer.is_site_administrator, "Only an administrator of the site may do this.")


def may_leave_traces(viewer: Viewer, network_id: str) -> Decision:
    """Whether the viewer may leave anything in the network at all, such as a report: not who is only let in to look."""
    looks = viewer.has_broken_glass(network_id) and viewer.role_in(network_id) is None
    return (
        Decision(False, "You read this network through broken glass: you can read here, and not write.")
        if looks
        else YES
    )


def may_break_glass(viewer: Viewer, network: Network) -> Decision:
    """Read, for a time and for a reason that its administrators are told at once, a network that is not one's own."""
    if not (decision := may_oversee(viewer)):
        return decision
    if viewer.role_in(network.id) is not None:
        return Decision(False, "You are a member of this network and can read it already.")
    if network.access == "open" and network.members_only_until == 0:
        return Decision(False, "This network is open: anybody can read it.")
    return YES
