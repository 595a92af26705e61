"""The live gateway, made of our own answers: who asks, who hears, and what an event shows."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial

from sqlalchemy import ColumnElement, Table, select
from starlette.datastructures import Headers

from auth import backend
from auth.hosts import origins_of
from auth.secrets import secret_hash
from auth.tables import accounts, sessions, tokens
from forum.audit_log import live as audit_log_live
from forum.documents import live as documents_live
from forum.hearing import audience, names_of, stream_of_thread, streams_of
from forum.home import live as home_live
from forum.inviting import live as inviting_live
from forum.knowledge import live as knowledge_live
from forum.moderation import live as moderation_live
from forum.networks import live as networks_live
from forum.notifications import live as notifications_live
from forum.reviews import live as reviews_live
from forum.state import State
from forum.stewardship import live as stewardship_live
from forum.streams import parse_stream
from forum.threads import live as threads_live
from ground.columns import now
from ground.hot import HotStatement, given, one_of, run
from realtime.events import Event
from realtime.gateway import Gateway
from realtime.questions import Credentials, Identity, Presented, Questions

Presenter = Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]
"""Reads the objects with these ids as they stand now; an id that is gone is left out."""

PRESENTERS: dict[str, Presenter] = {
    **threads_live.PRESENTERS,
    **networks_live.PRESENTERS,
    **home_live.PRESENTERS,
    **audit_log_live.PRESENTERS,
    **documents_live.PRESENTERS,
    **inviting_live.PRESENTERS,
    **knowledge_live.PRESENTERS,
    **moderation_live.PRESENTERS,
    **notifications_live.PRESENTERS,
    **reviews_live.PRESENTERS,
    **stewardship_live.PRESENTERS,
}
"""For each kind of event, what reads its object."""

TO_MODERATORS: dict[str, Presenter] = {
    **PRESENTERS,
    **threads_live.TO_MODERATORS,
    **documents_live.TO_MODERATORS,
    **knowledge_live.TO_MODERATORS,
}
"""The same on the streams of moderators."""

GONE = Presented(None)


def make_gateway(state: State) -> Gateway:
    """The gateway of this process."""
    database = state.database
    questions = Questions(
        authenticate=partial(authenticate, state),
        still_valid=partial(still_valid, state),
        streams_of=partial(streams_of, database),
        audience=partial(audience, database),
        present=partial(present, state),
        viewable=partial(stream_of_thread, database),
        name_of=partial(names_of, database),
    )
    origins = origins_of(state.settings.public_url)
    return Gateway(database, state.broker, questions, origins=origins, allow_guests=True)


async def authenticate(state: State, handshakes: Sequence[Credentials]) -> list[Identity | None]:
    """Whose session or token each of these handshakes carries."""
    cookie = backend.cookie_name(state.settings.public_url)
    shown = [_shown(headers, cookie) for headers, _ in handshakes]
    known: dict[tuple[str, str], Identity] = {}
    for kind, statement in (("session", _BY_SESSION), ("token", _BY_TOKEN)):
        if hashes := [each[1] for each in shown if each and each[0] == kind]:
            async with state.database.read() as connection:
                rows = await run(connection, statement, {"hashes": hashes, "moment": now()})
            known |= {(kind, token_hash): Identity(account_id, id_) for token_hash, account_id, id_ in rows}
    return [known.get(each) if each else None for each in shown]


def _shown(headers: Mapping[str, str], cookie: str) -> tuple[str, str] | None:
    try:
        shown = backend.shown_by(Headers(dict(headers)), cookie)
    except backend.BadToken:
        return None
    return (shown.kind, secret_hash(shown.secret)) if shown else None


_IS_USABLE = accounts.c.closed_at.is_(None) & accounts.c.suspended_at.is_(None)


def _by_hash(table: Table, *conditions: ColumnElement[bool]) -> HotStatement:
    found = (
        select(table.c.token_hash, table.c.account_id, table.c.id)
        .select_from(table.join(accounts, accounts.c.id == table.c.account_id))
        .where(table.c.expires_at > given("moment"), _IS_USABLE, *conditions)
    )
    return one_of(found, table.c.token_hash, "hashes")


_BY_SESSION = _by_hash(sessions)
_BY_TOKEN = _by_hash(tokens, tokens.c.revoked_at.is_(None))


async def still_valid(state: State, identities: Collection[Identity]) -> set[Identity]:
    """Which of these sessions and tokens have not ended, of accounts that may still come in."""
    ids = [identity.session_id for identity in identities]
    by_session = (
        select(sessions.c.id)
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.id.in_(ids), sessions.c.expires_at > now(), _IS_USABLE)
    )
    by_token = (
        select(tokens.c.id)
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(tokens.c.id.in_(ids), tokens.c.revoked_at.is_(None), tokens.c.expires_at > now(), _IS_USABLE)
    )
    async with state.database.read() as connection:
        valid = set(await connection.scalars(by_session.union_all(by_token)))
    return {identity for identity in identities if identity.session_id in valid}


async def present(state: State, stream: str, events: Sequence[Event]) -> list[Presented]:
    """What each event shows now, the same for every reader; each kind is read in one go."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for event in events:
        wanted[event.kind].append(event.object_id)
    shown: dict[str, Mapping[str, Presented]] = {}
    parsed = parse_stream(stream)
    presenters = TO_MODERATORS if parsed is not None and parsed[0] == "moderators" else PRESENTERS
    for kind, ids in wanted.items():
        presenter = presenters.get(kind)
        shown[kind] = await presenter(state, list(dict.fromkeys(ids))) if presenter else {}
    found = [shown[event.kind].get(event.object_id, GONE) for event in events]
    return [one if _is_of(parsed, one) else GONE for one in found]


def _is_of(parsed: tuple[str, str] | None, shown: Presented) -> bool:
    """Whether this belongs to the network whose stream it is: a thread may have moved to another since."""
    if parsed is None or parsed[0] == "account" or shown.object is None:
        return True
    return bool(shown.object.get("network_id", parsed[1]) == parsed[1])
