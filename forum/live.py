"""The live gateway, made of our own answers: who asks, who hears, and what an event shows."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import partial

from sqlalchemy import select
from starlette.datastructures import Headers

from auth import backend
from auth.hosts import origins_of
from auth.secrets import secret_hash
from auth.tables import accounts, sessions, tokens
from forum.hearing import audience, names_of, stream_of_thread, streams_of
from forum.home import live as home_live
from forum.networks import live as networks_live
from forum.state import State
from forum.streams import parse_stream
from forum.threads import live as threads_live
from forum.viewer import find_viewer
from ground.columns import now
from realtime.events import Event
from realtime.gateway import Gateway
from realtime.questions import Identity, Presented, Questions

Presenter = Callable[[State, Sequence[str]], Awaitable[Mapping[str, Presented]]]
"""Reads the objects with these ids as they stand now; an id that is gone is left out."""

PRESENTERS: dict[str, Presenter] = {
    **threads_live.PRESENTERS,
    **networks_live.PRESENTERS,
    **home_live.PRESENTERS,
}
"""For each kind of event, what reads its object."""

TO_MODERATORS: dict[str, Presenter] = {**PRESENTERS, **threads_live.TO_MODERATORS}
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


async def authenticate(state: State, headers: Mapping[str, str], client_address: str) -> Identity | None:
    """Whose session or token the handshake carries."""
    try:
        shown = backend.shown_by(Headers(dict(headers)), backend.cookie_name(state.settings.public_url))
    except backend.BadToken:
        return None
    if shown is None:
        return None
    viewer = await find_viewer(state.database, shown.kind, secret_hash(shown.secret))
    return Identity(viewer.id, viewer.credential_id) if viewer else None


async def still_valid(state: State, identities: Collection[Identity]) -> set[Identity]:
    """Which of these sessions and tokens have not ended, of accounts that may still come in."""
    ids = [identity.session_id for identity in identities]
    is_usable = accounts.c.closed_at.is_(None) & accounts.c.suspended_at.is_(None)
    by_session = (
        select(sessions.c.id)
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.id.in_(ids), sessions.c.expires_at > now(), is_usable)
    )
    by_token = (
        select(tokens.c.id)
        .join(accounts, accounts.c.id == tokens.c.account_id)
        .where(tokens.c.id.in_(ids), tokens.c.revoked_at.is_(None), tokens.c.expires_at > now(), is_usable)
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
    return [shown[event.kind].get(event.object_id, GONE) for event in events]
