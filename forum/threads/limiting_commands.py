"""Fair limits: small numbers for newcomers, and against the same words over and over. Never silent, and never for a
network's own administrators and moderators, who see here whom they held back.

What is counted lies where all limits are counted; only that somebody was held back is kept.
"""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from auth.rules import NEW_POSTS, NEW_THREADS, SAME_WORDS, Rule
from forum.errors import ForumError, Invalid, TooMany
from forum.idempotency import RequestKey
from forum.policy import is_free_of_limits, waiting_words
from forum.records import Limit
from forum.state import State
from forum.tables import held_back, memberships, requests
from forum.viewer import Viewer
from ground.columns import now
from ground.hot import HotStatement, given

NEWCOMER_DAYS = 3
"""For so long somebody is new in a network."""
MOST_LINKS = 3
"""In one post of a newcomer."""
FEW_WORDS = 20
"""Texts of fewer characters, such as “Thank you.”, may be posted as often as one likes."""
_MAYBE_NEW = timedelta(days=30)
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_FROM_ID = 1_000
_SINCE = HotStatement(select(memberships.c.since).where(memberships.c.id == given("id_")))
_UPSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def ask_fair_limits(
    state: State, viewer: Viewer, network_id: str, body: str, key: RequestKey | None, *, is_thread: bool = False
) -> None:
    """Count one post under the limits of this network. Raises TooMany, and Invalid for too many links.

    A request that came before and is only sent again is let through: it makes nothing new.
    """
    if is_free_of_limits(viewer, network_id):
        return
    refused = await _refused(state, viewer, network_id, body, is_thread)
    if refused is None or await _came_before(state, viewer, key):
        return
    limit, error = refused
    await _note(state, viewer, network_id, limit)
    raise error


async def _refused(
    state: State, viewer: Viewer, network_id: str, body: str, is_thread: bool
) -> tuple[Limit, ForumError] | None:
    words = " ".join(body.casefold().split())
    if len(words) >= FEW_WORDS:
        mark = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
        wait = await _wait(state, SAME_WORDS, viewer.id, network_id, mark)
        if wait:
            return "same_words", TooMany(
                "You have posted these very words here as often as one may in a day. Say it in other words, or lead "
                f"people to the post that is there; the same words can go out again in {_time(wait)}.",
                wait,
            )
    if not await _is_new(state, viewer, network_id):
        return None
    if len(_LINK.findall(body)) > MOST_LINKS:
        sentence = (
            f"In your first {NEWCOMER_DAYS} days here a post can have at most {MOST_LINKS} links. Take some out, or "
            "ask a moderator to post it."
        )
        return "new_links", Invalid({"body": sentence})
    return await _too_much(state, viewer, network_id, is_thread)


async def _too_much(state: State, viewer: Viewer, network_id: str, is_thread: bool) -> tuple[Limit, ForumError] | None:
    rule, limit, noun = (NEW_THREADS, "new_threads", "threads") if is_thread else (NEW_POSTS, "new_posts", "posts")
    wait = await _wait(state, rule, viewer.id, network_id)
    if not wait:
        return None
    sentence = (
        f"In your first {NEWCOMER_DAYS} days here you can write {rule.amount} {noun} a day. You can go on in "
        f"{_time(wait)}; keep your words until then, or ask a moderator."
    )
    return ("new_threads" if limit == "new_threads" else "new_posts"), TooMany(sentence, wait)


async def _wait(state: State, rule: Rule, *whose: str) -> int:
    verdict = await state.rate_limits.hit(rule, *whose)
    return 0 if verdict.allowed else max(1, verdict.retry_after)


def _time(seconds: int) -> str:
    return waiting_words(timedelta(seconds=seconds))


async def _is_new(state: State, viewer: Viewer, network_id: str) -> bool:
    """Whether they became a member lately. An id tells when its row began: of most it is clear without asking."""
    place = viewer.place_in(network_id)
    if place is None or now() - _began(place.membership_id) > _MAYBE_NEW:
        return False
    found = await state.database.fetch(_SINCE, {"id_": place.membership_id})
    since = found[0][0] if found else None
    return since is not None and now() - since < timedelta(days=NEWCOMER_DAYS)


def _began(identifier: str) -> datetime:
    milliseconds = int(identifier.replace("-", "")[:12], 16)
    return datetime.fromtimestamp(milliseconds / _FROM_ID, now().tzinfo)


async def _came_before(state: State, viewer: Viewer, key: RequestKey | None) -> bool:
    if key is None:
        return False
    this = (requests.c.account_id == viewer.id) & (requests.c.path == key.path) & (requests.c.key == key.key)
    async with state.database.read() as connection:
        return await connection.scalar(select(requests.c.object_id).where(this)) is not None


async def _note(state: State, viewer: Viewer, network_id: str, limit: Limit) -> None:
    moment = now()
    statement = _UPSERTS[state.database.dialect](held_back).values(
        network_id=network_id,
        account_id=viewer.id,
        limit_name=limit,
        on_day=moment.date().isoformat(),
        times=1,
        last_at=moment,
    )
    counted = {"times": held_back.c.times + 1, "last_at": statement.excluded.last_at}
    keys = ["network_id", "account_id", "limit_name", "on_day"]
    async with state.transaction() as tx:
        await tx.execute(statement.on_conflict_do_update(index_elements=keys, set_=counted))
