"""The demonstration: invented people, their networks and what they said to each other lately.

`python -m forum seed` and `make demo` fill an empty site with it.
"""

import secrets
from urllib.parse import urlsplit

from pydantic import SecretStr

from forum.errors import Conflict
from forum.seeds.people import ADMINISTRATOR, MEMBER, NEWCOMER
from forum.seeds.planting import is_planted, plant
from forum.settings import is_loopback
from forum.state import State

PASSWORD = "warm tea on a windy pier"
"""Everybody's in a demonstration that only this machine can reach."""


async def seed(state: State, *, if_empty: bool = False) -> list[str]:
    """Fill the site and say how to sign in. Raises Conflict where it has people already.

    With `if_empty` that is no error: the site is left as it is, and where it has the demonstration it is said again.
    """
    is_private = is_loopback(urlsplit(state.settings.public_url).hostname or "")
    # Where others can reach the site, a password that stands in its source would let anybody in.
    password = PASSWORD if is_private else secrets.token_urlsafe(12)
    try:
        planted = await plant(state, SecretStr(password))
    except Conflict:
        if not if_empty:
            raise
        if not await is_planted(state):
            return ["There are people here already. The site is left as it is."]
        return _sign_ins("The demonstration is here already.", PASSWORD if is_private else "")
    made = f"{planted.people} people, {planted.networks} networks, {planted.threads} threads, {planted.posts} posts"
    return _sign_ins(f"The demonstration is ready: {made} and {planted.documents} documents, all invented.", password)


def _sign_ins(first: str, password: str) -> list[str]:
    told = f"the password “{password}”" if password else "the password that was shown when it was made"
    offered = ((ADMINISTRATOR, "administrator"), (MEMBER, "member"), (NEWCOMER, "new here"))
    lines = [f"  {person.email:<22} {person.name}, {role}" for person, role in offered]
    return [first, f"Sign in with {told} as one of", *lines]
