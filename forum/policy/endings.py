"""What may still be done in a network that is archived, or about to be deleted: it is read, and nobody adds to it.

What protects people goes on: they leave and are removed, posts are taken out, and who may see it can be changed.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_

from forum.policy.decision import YES, Decision
from forum.records import Network
from forum.tables import networks
from forum.viewer import Viewer

REASONS = {
    "archived": "This network is archived: it can be read, and nobody writes or shares anything in it any more.",
    "deleting": "This network will be deleted: until then it can be read, and nobody writes or shares anything in it.",
}


def writable() -> ColumnElement[bool]:
    """Networks in which people write and which they join: to be asked in the statement that writes."""
    return and_(networks.c.archived_at.is_(None), networks.c.deletes_at.is_(None))


def ending_of(archived_at: datetime | None, deletes_at: datetime | None) -> Literal["", "archived", "deleting"]:
    """Why a network is read only; empty where it is not."""
    return "deleting" if deletes_at else "archived" if archived_at else ""


def may_add_to(network: Network) -> Decision:
    """Whether anything may be added to this network, a member too."""
    ending = ending_of(network.archived_at, network.deletes_at)
    return Decision(False, REASONS[ending]) if ending else YES


def may_write_in(viewer: Viewer, network_id: str) -> Decision:
    """The same for somebody who has a place there, by what was read with them."""
    ending = viewer.ending_of(network_id)
    return Decision(False, REASONS[ending]) if ending else YES
