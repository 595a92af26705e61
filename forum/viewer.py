"""Who is looking: an account with the places it has in networks, read in one query for each request.

Everything that a page or an answer shows is asked for as a `Viewer`; `policy` decides by it.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, literal_column, null, or_, select, true

from auth.tables import accounts, sessions, tokens
from forum.database import Database
from forum.hot_reads import JsonArray, JsonRows
from forum.offers import still_offered
from forum.records import ROLE_RANK, Role
from forum.standing import Account, Glass, Place
from forum.tables import addressed_posts, broken_glass, memberships, networks, site
from forum.telling import waiting_lines
from ground.clock import this_moment
from ground.columns import now
from ground.hot import HotStatement, given
from realtime.tables import epoch, streams

MOST_ADDRESSED = 100
"""Of the unread posts that mention or answer somebody, so many are counted."""


_JSON = json.JSONDecoder()


@dataclass(frozen=True)
class Viewer:
    """A signed-in person with their places, or somebody signed out (`account` is None)."""

    account: Account | None
    credential: Literal["session", "token"] | None
    credential_id: str
    places_text: str
    """The memberships as one JSON array, as they were read; empty for none."""
    epoch: str
    account_head: int
    people_version: int
    seen_at: datetime | None = None
    """When this session was last noted as in use."""
    addressed_text: str = ""
    """Network and position of the unread posts that mention or answer this person, as JSON; empty for none."""
    lines_text: str = ""
    """Of the other lines on their list that wait to be read, the thread or the line, as JSON; empty for none."""
    glass_text: str = ""
    """The networks that they read through broken glass, as JSON; empty for nearly everybody."""

    @cached_property
    def broken_glass(self) -> tuple[Glass, ...]:
        """The networks that this viewer reads through broken glass at this moment."""
        rows = json.loads(self.glass_text or "[]")
        return tuple(Glass(row[0], row[1], row[2], datetime.fromisoformat(row[3])) for row in rows)

    def has_broken_glass(self, network_id: str) -> bool:
        """Whether they read this network through broken glass."""
        return any(glass.network_id == network_id for glass in self.broken_glass)

    @cached_property
    def places(self) -> dict[str, Place]:
        """The memberships by network id. Made when first asked for: where nothing changed, nobody asks."""
        return {place[0]: Place(*place) for place in json.loads(self.places_text or "[]")}

    def place_in(self, network_id: str) -> Place | None:
        """The place in this network, or None; the others, of which there may be dozens, are not made for it."""
        made = self._made
        if network_id not in made:
            # In JSON a quotation mark inside a text has a backslash before it: only a place can begin like this.
            begins = self.places_text.find(f'["{network_id}"')
            made[network_id] = Place(*_JSON.raw_decode(self.places_text, begins)[0]) if begins >= 0 else None
        return made[network_id]

    @cached_property
    def _made(self) -> dict[str, Place | None]:
        """What `place_in` has made: a page asks a dozen times for the same."""
        return {}

    @cached_property
    def addressed(self) -> int:
        """How many unread posts mention or answer this person, where they are a member: at most `MOST_ADDRESSED`."""
        active = {place.network_id: place.baseline for place in self.active_places()} if self.addressed_text else {}
        posts = json.loads(self.addressed_text or "[]")
        return sum(network_id in active and position > active[network_id] for network_id, position in posts)

    @cached_property
    def lines(self) -> int:
        """How many other things wait on this person's list: what was written in one thread is one."""
        return len(set(json.loads(self.lines_text or "[]")))

    @property
    def id(self) -> str:
        """The account's id; empty for somebody signed out."""
        return self.account.id if self.account else ""

    @property
    def is_signed_in(self) -> bool:
        """Whether this is a person with an account."""
        return self.account is not None

    @property
    def is_site_administrator(self) -> bool:
        """Whether the person looks after the whole site; gives no right to read closed networks."""
        return self.account is not None and self.account.site_administrator

    def role_in(self, network_id: str) -> Role | None:
        """The role of an active member, else None."""
        place = self.place_in(network_id)
        return place.role if place and place.status == "active" else None

    def has_role(self, network_id: str, least: Role) -> bool:
        """Whether the person is an active member with at least this role."""
        role = self.role_in(network_id)
        return role is not None and ROLE_RANK[role] >= ROLE_RANK[least]

    def ending_of(self, network_id: str) -> Literal["", "archived", "deleting"]:
        """Whether a network in which the person has a place is read only, and why."""
        place = self.place_in(network_id)
        return place.ending if place else ""

    def active_places(self) -> list[Place]:
        """The networks this person belongs to, by name."""
        return sorted((place for place in self.places.values() if place.status == "active"), key=_by_name)

    def invitations(self) -> list[Place]:
        """The networks that wait for this person's answer."""
        return [place for place in self.places.values() if place.status == "invited"]

    def positions(self) -> dict[str, list[str | int]]:
        """Where each stream this person hears stood when this viewer was read (contract, P7)."""
        if self.account is None:
            return {}
        heads = {f"account:{self.account.id}": self.account_head}
        for place in self.active_places():
            heads[place.stream] = place.head
            if place.role != "member":
                heads[place.moderators_stream] = place.moderators_head
        return {stream: [self.epoch, head] for stream, head in heads.items()}


def _by_name(place: Place) -> str:
    return place.name.casefold()


_MODERATORS = streams.alias("moderators")
_NO, _ARCHIVED, _DELETING = (literal_column(words, String) for words in ("''", "'archived'", "'deleting'"))


def _place() -> JsonArray:
    """One membership with its network, in the order of Place's fields.

    Numbers that tell what happens inside are zero for who may not hear of it: answers are compared by these values.
    """
    is_member = memberships.c.status == "active"
    is_moderator = and_(is_member, memberships.c.role != "member")
    # Not joined: most people moderate few of their networks, and the rest need not be looked up.
    of_moderators = _MODERATORS.c.name == networks.c.moderators_stream
    moderators_head = select(_MODERATORS.c.head).where(of_moderators).correlate(networks).scalar_subquery()
    return JsonArray(
        networks.c.id,
        networks.c.slug,
        networks.c.name,
        networks.c.accent,
        networks.c.access,
        networks.c.stream,
        case((is_member, streams.c.head), else_=0),
        networks.c.moderators_stream,
        case((is_moderator, moderators_head), else_=0),
        memberships.c.id,
        memberships.c.role,
        memberships.c.status,
        memberships.c.baseline,
        case((is_member, networks.c.post_count - memberships.c.read_count), else_=0),
        case((is_moderator, networks.c.waiting_count), else_=0),
        case(
            (networks.c.deletes_at.is_not(None), _DELETING), (networks.c.archived_at.is_not(None), _ARCHIVED), else_=_NO
        ),
        networks.c.is_announcing,
        memberships.c.silenced_until,
        memberships.c.hold_left,
        memberships.c.held_waiting,
    )


def _places(network_id: ColumnElement[Any] | None = None) -> Any:
    """The person's current memberships, or that in this network alone, as one JSON array."""
    of_these = true() if network_id is None else networks.c.id == network_id
    return (
        select(JsonRows(_place()))
        .select_from(
            memberships.join(networks, networks.c.id == memberships.c.network_id).join(
                streams, streams.c.name == networks.c.stream
            )
        )
        .where(
            of_these,
            memberships.c.account_id == accounts.c.id,
            memberships.c.current,
            memberships.c.ended_at.is_(None),
            # Who asked while a network could be found knows nothing of it once it is secret,
            # and waits for nobody once nobody belongs to it.
            or_(memberships.c.status == "active", networks.c.member_count > 0),
            or_(memberships.c.status != "requested", networks.c.access != "secret"),
            still_offered(),
        )
        .scalar_subquery()
    )


# Rows of `addressed_posts` whose reader is a member now: nothing of a network is counted for who has left it.
ADDRESSED_MEMBERS = addressed_posts.join(
    memberships,
    and_(
        memberships.c.account_id == addressed_posts.c.account_id,
        memberships.c.network_id == addressed_posts.c.network_id,
        memberships.c.current,
        memberships.c.status == "active",
        # Who joins again begins with everything older read.
        addressed_posts.c.position > memberships.c.baseline,
    ),
)


def _addressed() -> Any:
    """The unread posts that mention or answer a row of `accounts`: by index, and without asking for memberships.

    Those are in the row already, so that this costs a page next to nothing.
    """
    some = (
        select(addressed_posts.c.network_id, addressed_posts.c.position)
        .where(addressed_posts.c.account_id == accounts.c.id)
        .limit(literal_column(str(MOST_ADDRESSED)))
        .correlate(accounts)
        .subquery("addressed_some")
    )
    return select(JsonRows(JsonArray(some.c.network_id, some.c.position))).scalar_subquery()


def _account_columns(
    credential_id: ColumnElement[Any], seen_at: ColumnElement[Any], network_id: ColumnElement[Any] | None = None
) -> list[Any]:
    account_stream = "account:" + cast(accounts.c.id, String)
    return [
        select(epoch.c.epoch).scalar_subquery(),
        select(site.c.people_version).scalar_subquery(),
        accounts.c.id,
        accounts.c.name,
        accounts.c.email,
        accounts.c.job_title,
        accounts.c.organisation,
        accounts.c.site_administrator,
        accounts.c.version,
        credential_id,
        seen_at,
        select(streams.c.head).where(streams.c.name == account_stream).scalar_subquery(),
        _places(network_id),
        _addressed() if network_id is None else null(),
        _broken_glass(),
        waiting_lines(MOST_ADDRESSED) if network_id is None else null(),
    ]


def _broken_glass() -> Any:
    """What an administrator of the site reads through broken glass; of all others nothing is looked up."""
    through = (
        select(JsonRows(JsonArray(networks.c.id, networks.c.slug, networks.c.name, broken_glass.c.ends_at)))
        .select_from(broken_glass.join(networks, networks.c.id == broken_glass.c.network_id))
        .where(
            broken_glass.c.account_id == accounts.c.id,
            broken_glass.c.ended_at.is_(None),
            broken_glass.c.ends_at > this_moment(),
            networks.c.deleted_at.is_(None),
        )
        .correlate(accounts)
    )
    return case((accounts.c.site_administrator, through.scalar_subquery()), else_=null())


_IS_USABLE = and_(accounts.c.closed_at.is_(None), accounts.c.suspended_at.is_(None))
ACCOUNT_COLUMN_COUNT = 16


def by_session(network_id: ColumnElement[Any] | None = None) -> Select[Any]:
    """The viewer's row for `token_hash`, a session that has not ended by `moment`.

    With `network_id`, a column of what this is joined to, the viewer knows of their place in this network alone: enough
    for an answer of the API, and for somebody who belongs to thirty networks half the work.
    """
    return (
        select(*_account_columns(sessions.c.id, sessions.c.seen_at, network_id))
        .select_from(sessions.join(accounts, accounts.c.id == sessions.c.account_id))
        .where(sessions.c.token_hash == given("token_hash"), sessions.c.expires_at > given("moment"), _IS_USABLE)
    )


def by_token(network_id: ColumnElement[Any] | None = None) -> Select[Any]:
    """The same for a personal token that is neither revoked nor past its end."""
    return (
        select(*_account_columns(tokens.c.id, tokens.c.last_used_at, network_id))
        .select_from(tokens.join(accounts, accounts.c.id == tokens.c.account_id))
        .where(
            tokens.c.token_hash == given("token_hash"),
            tokens.c.revoked_at.is_(None),
            tokens.c.expires_at > given("moment"),
            _IS_USABLE,
        )
    )


_BY_SESSION = HotStatement(by_session())
_BY_TOKEN = HotStatement(by_token())
_BY_ACCOUNT = HotStatement(
    select(*_account_columns(accounts.c.id, accounts.c.created_at)).where(
        accounts.c.id == given("account_id"), _IS_USABLE
    )
)
_SIGNED_OUT = HotStatement(
    select(select(epoch.c.epoch).scalar_subquery(), select(site.c.people_version).scalar_subquery())
)


def viewer_from(row: list[Any], credential: Literal["session", "token"] | None) -> Viewer:
    """A viewer from the first columns of a row of `by_session` or `by_token`."""
    (epoch_id, people_version, *account, credential_id, seen_at, account_head, places, addressed, glass, lines) = row[
        :ACCOUNT_COLUMN_COUNT
    ]
    account[5] = bool(account[5])
    return Viewer(
        account=Account(*account),
        credential=credential,
        credential_id=credential_id,
        places_text=places or "",
        epoch=epoch_id,
        account_head=account_head or 0,
        people_version=people_version,
        seen_at=seen_at,
        addressed_text=addressed or "",
        glass_text=glass or "",
        lines_text=lines or "",
    )


async def find_viewer(
    database: Database, credential: Literal["session", "token"], token_hash: str | bytes
) -> Viewer | None:
    """The person whose session or token this is, or None where it is unknown, ended or not allowed."""
    read = _BY_SESSION if credential == "session" else _BY_TOKEN
    rows = await database.fetch(read, {"token_hash": token_hash, "moment": now()})
    return viewer_from(rows[0], credential) if rows else None


async def viewer_of_account(database: Database, account_id: str) -> Viewer | None:
    """The person with this id, without a credential: for mail, imports and the command line."""
    rows = await database.fetch(_BY_ACCOUNT, {"account_id": account_id})
    return replace(viewer_from(rows[0], None), credential_id="") if rows else None


async def signed_out_viewer(database: Database) -> Viewer:
    """Somebody who is not signed in."""
    rows = await database.fetch(_SIGNED_OUT, {})
    return Viewer(None, None, "", "", rows[0][0], 0, rows[0][1])
