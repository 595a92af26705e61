"""What somebody is: their account, their place in each network, and where they look through broken glass."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forum.records import Access, Role, Status


@dataclass(frozen=True, slots=True)
class Place:
    """The viewer's place in one network: active, requested or invited."""

    network_id: str
    slug: str
    name: str
    accent: str
    access: Access
    stream: str
    head: int
    moderators_stream: str
    moderators_head: int
    membership_id: str
    role: Role
    status: Status
    baseline: int
    unread: int
    waiting: int
    ending: Literal["", "archived", "deleting"] = ""
    """Whether the network is read only: nobody writes, joins or edits there."""
    is_announcing: bool = False
    """Whether an administrator has told all members something of late."""
    silenced_until: str | None = None
    """Until when they read and do not write, as the database writes moments."""
    hold_left: int = 0
    """So many more of their posts wait for a moderator; -1: all."""
    held_waiting: int = 0
    """How many wait now."""


@dataclass(frozen=True, slots=True)
class Glass:
    """A network whose glass the viewer, an administrator of the site, broke: they read it until then."""

    network_id: str
    slug: str
    name: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """What a viewer's own pages show of them."""

    id: str
    name: str
    email: str
    job_title: str
    organisation: str
    site_administrator: bool
    version: int
