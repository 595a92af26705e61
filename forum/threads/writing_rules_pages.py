"""Who may write in a network, and how much: posts of newcomers that wait, fair limits, and whom they held back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from auth.rules import NEW_POSTS, NEW_THREADS, SAME_WORDS
from forum.errors import Forbidden, Invalid
from forum.forms import read_form, validate
from forum.fronts import NetworkHead, network_head
from forum.network_reads import Found, get_network
from forum.policy import may_administer, may_see_held
from forum.records import Limit
from forum.rendering import redirect, render_page
from forum.state import account_of, state_of
from forum.threads.held_queries import HeldBack, list_held_back
from forum.threads.holding_commands import hold_newcomers
from forum.threads.inputs import HoldFirst
from forum.threads.limiting_commands import FEW_WORDS, MOST_LINKS, NEWCOMER_DAYS
from forum.viewer import Viewer

CHOICES = (
    ("0", "None: everybody’s posts are read at once"),
    ("1", "The first post"),
    ("2", "The first two posts"),
    ("3", "The first three posts"),
    ("5", "The first five posts"),
)
_DAYS = f"In their first {NEWCOMER_DAYS} days here people"
LIMITS: Mapping[Limit, tuple[str, str]] = {
    "new_posts": (f"{_DAYS} write at most {NEW_POSTS.amount} posts a day.", "too many posts for somebody new"),
    "new_threads": (f"{_DAYS} begin at most {NEW_THREADS.amount} threads a day.", "too many threads for somebody new"),
    "new_links": (f"{_DAYS} put at most {MOST_LINKS} links into a post.", "too many links for somebody new"),
    "same_words": (
        f"Nobody posts the very same words more than {'twice' if SAME_WORDS.amount == 2 else SAME_WORDS.amount} a day, "
        f"where they have {FEW_WORDS} characters or more; shorter ones, such as “Thank you.”, don’t count.",
        "the same words again",
    ),
}


LIMIT_NUMBERS: Mapping[Limit, tuple[int, int | None]] = {
    "new_posts": (NEW_POSTS.amount, NEWCOMER_DAYS),
    "new_threads": (NEW_THREADS.amount, NEWCOMER_DAYS),
    "new_links": (MOST_LINKS, NEWCOMER_DAYS),
    "same_words": (SAME_WORDS.amount, None),
}
"""How many are the most, and for how many days after somebody joined; None: always."""


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The rules of writing here: `threads/writing_rules.html`."""

    head: NetworkHead
    choices: tuple[tuple[str, str], ...]
    chosen: str
    may_change: bool
    limits: Sequence[str]
    held_back: Sequence[tuple[HeldBack, str]]
    errors: Mapping[str, str]


async def show_rules(request: Request) -> Response:
    """The rules, and whom they held back; for moderators."""
    viewer, found = await _open(request)
    return await _page(request, viewer, found)


async def _open(request: Request) -> tuple[Viewer, Found]:
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
    decision = may_see_held(viewer, found.network.id)
    if not decision:
        raise Forbidden(decision.reason)
    return viewer, found


async def _page(request: Request, viewer: Viewer, found: Found, errors: Mapping[str, str] | None = None) -> Response:
    network = found.network
    async with state_of(request).database.read() as connection:
        held_back = await list_held_back(connection, viewer, network.id)
    page = RulesPage(
        head=network_head(viewer, found),
        choices=CHOICES,
        chosen=str(network.hold_first),
        may_change=bool(may_administer(viewer, network)),
        limits=[words for words, _ in LIMITS.values()],
        held_back=[(each, LIMITS[each.limit][1]) for each in held_back],
        errors=errors or {},
    )
    title, status = f"Writing in {network.name}", 422 if errors else 200
    return render_page(
        request, viewer, "threads/writing_rules.html", page, title=title, network_id=network.id, status=status
    )


async def update_rules(request: Request) -> Response:
    """Say how many posts of newcomers wait."""
    fields = await read_form(request)
    viewer, found = await _open(request)
    decision = may_administer(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    try:
        value = validate(HoldFirst, fields)
    except Invalid as error:
        return await _page(request, viewer, found, error.errors)
    async with state_of(request).transaction() as tx:
        await hold_newcomers(tx, viewer, found.network, int(value.hold_first))
    return redirect(request, f"/networks/{found.network.slug}/writing", notice="saved")
