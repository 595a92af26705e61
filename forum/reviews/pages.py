"""Administrators go through the members: keep, ask, end; and sign what they saw. And the page for who was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head
from forum.heir_queries import list_heirs
from forum.heirs import NOBODY, HeldLine, heir_options, held_lines
from forum.holdings import list_held
from forum.network_reads import Found
from forum.notices import name_all
from forum.records import Network
from forum.rendering import redirect, render_page
from forum.reviews.commands import answer, begin_review, decide, end_access, sign, take_back
from forum.reviews.inputs import Decision, Ending, EndingForm, read_decisions
from forum.reviews.queries import (
    Decided,
    Question,
    Review,
    Subject,
    count_parted,
    counted,
    get_question,
    get_review,
    list_decided,
    list_reviews,
    list_subjects,
)
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words

PAGE_SIZE = 20
MOST_REVIEWS = 50
DECISIONS: Sequence[tuple[Decision, str]] = (("keep", "Keep"), ("ask", "Ask"), ("end", "End"))


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """Reviews that were signed, and the one that is open: `reviews/reviews.html`."""

    head: NetworkHead
    open_one: Review | None
    signed: Sequence[Review]
    parted: int
    """How many came while the network was open, and wait to be kept."""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Some of the members to decide about, and what is decided: `reviews/review.html`."""

    head: NetworkHead
    path: str
    review: Review
    subjects: Sequence[Subject]
    remaining: int
    decided: Sequence[Decided]
    marked: Sequence[Decided]
    """Those whose access is to end, and has not yet."""
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    meanwhile: str
    """Whom somebody else had decided about in the meantime; empty for nobody."""
    me: str
    parted: int
    held: Sequence[tuple[str, Sequence[HeldLine]]]
    """What those who are marked hold, each with their name."""
    heirs: Sequence[tuple[str, str]]
    decisions: Sequence[tuple[Decision, str]] = DECISIONS

    @property
    def all_held(self) -> Sequence[HeldLine]:
        """What they hold together, each kind of it once: it says what becomes of it without an heir."""
        return list({line.end: line for _, lines in self.held for line in lines}.values())

    @property
    def total(self) -> int:
        """How many members there are to decide about in all."""
        return self.remaining + len(self.decided)


@dataclass(frozen=True, slots=True)
class SignedPage:
    """What was decided, by whom, and the seal on it: `reviews/signed.html`."""

    head: NetworkHead
    review: Review
    decided: Sequence[Decided]
    numbers: Mapping[str, int]
    has_names: bool
    """The names of that time are kept with it."""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One button for who was asked: `reviews/question.html`."""

    question: Question


async def show_reviews(request: Request) -> Response:
    """The reviews of a network, and the button that begins one."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        reviews = await list_reviews(connection, viewer, found.network, MOST_REVIEWS)
        parted = await count_parted(connection, viewer, found.network)
    open_one = next((review for review in reviews if review.signed_at is None), None)
    signed = [each for each in reviews if each.signed_at is not None]
    page = ReviewsPage(network_head(viewer, found), open_one, signed, parted)
    title = f"Access reviews of {found.network.name}"
    return render_page(request, viewer, "reviews/reviews.html", page, title=title, network_id=found.network.id)


async def create_review(request: Request) -> Response:
    """Begin a review, or go on with the one that is open."""
    viewer, found = await open_administered(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        review_id = await begin_review(tx, viewer, found.network.slug)
    return redirect(request, f"/networks/{found.network.slug}/reviews/{review_id}")


async def show_review(request: Request) -> Response:
    """The members who are still to be decided about; or, once it is signed, the whole of it."""
    viewer, found = await open_administered(request)
    return await _review(request, viewer, found)


async def _review(
    request: Request,
    viewer: Viewer,
    found: Found,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    late: Sequence[str] = (),
    status: int = 200,
) -> Response:
    network, review_id = found.network, request.path_params["review_id"]
    async with state_of(request).database.read() as connection:
        review = await get_review(connection, viewer, network, review_id)
        decided = await list_decided(connection, viewer, network, review_id)
        subjects = [] if review.signed_at else await list_subjects(connection, viewer, network, review_id)
        parted = await count_parted(connection, viewer, network)
        marked = [] if review.signed_at else [each for each in decided if each.may_be_ended_by(viewer.id)]
        held, heirs = await _what_is_held(connection, viewer, network, marked)
    title, network_id = f"Access review of {network.name}", network.id
    if review.signed_at is not None:
        signed = SignedPage(network_head(viewer, found), review, decided, counted(decided), review.has_names)
        template = "reviews/signed.html"
        return render_page(request, viewer, template, signed, title=title, network_id=network_id, status=status)
    page = ReviewPage(
        head=network_head(viewer, found),
        path=f"/networks/{network.slug}/reviews/{review.id}",
        review=review,
        subjects=subjects[:PAGE_SIZE],
        remaining=len(subjects),
        decided=decided,
        marked=marked,
        typed=typed or {},
        errors=errors or {},
        meanwhile=name_all([each.person.name for each in decided if each.person.id in late]) if late else "",
        me=viewer.id,
        parted=parted,
        held=held,
        heirs=heirs,
    )
    return render_page(request, viewer, "reviews/review.html", page, title=title, network_id=network_id, status=status)


async def _what_is_held(
    connection: AsyncConnection, viewer: Viewer, network: Network, marked: Sequence[Decided]
) -> tuple[Sequence[tuple[str, Sequence[HeldLine]]], Sequence[tuple[str, str]]]:
    """What each of these people holds, and who of those who stay may take it over."""
    held = [(each.person.name, await list_held(connection, network.id, each.person.id)) for each in marked]
    lines = [(name, held_lines(network, theirs)) for name, theirs in held if theirs]
    leaving = [each.person.id for each in marked]
    heirs = await list_heirs(connection, viewer, network, leaving) if lines else ()
    return lines, [*heir_options(heirs, viewer.id), NOBODY]


async def create_decisions(request: Request) -> Response:
    """Note what is decided about those who were shown."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    slug, review_id = found.network.slug, request.path_params["review_id"]
    try:
        decisions = read_decisions(fields)
        if not decisions:
            raise Invalid({"": "Choose what becomes of at least one person. Nothing is chosen beforehand."})
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            late = await decide(tx, viewer, slug, review_id, decisions)
    except Invalid as error:
        return await _review(request, viewer, found, typed=fields, errors=error.errors, status=422)
    if late:
        return await _review(request, viewer, found, late=late)
    return redirect(request, f"/networks/{slug}/reviews/{review_id}", notice="review-decided")


async def delete_decision(request: Request) -> Response:
    """Decide anew about somebody."""
    viewer, found = await open_administered(request)
    slug, review_id = found.network.slug, request.path_params["review_id"]
    async with state_of(request).transaction() as tx:
        await take_back(tx, viewer, slug, review_id, request.path_params["decision_id"])
    return redirect(request, f"/networks/{slug}/reviews/{review_id}", notice="review-decided")


async def create_endings(request: Request) -> Response:
    """End the access of everybody who is marked."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    slug, review_id = found.network.slug, request.path_params["review_id"]
    try:
        given = validate_words(request, EndingForm, fields)
        ending = Ending(reason=given.reason, heir=given.heir)
        await limit(request, MEMBERSHIP_CHANGES, viewer.id)
        async with state_of(request).transaction() as tx:
            await end_access(tx, viewer, slug, review_id, ending)
    except Invalid as error:
        return await _review(request, viewer, found, typed=fields, errors=error.errors, status=422)
    except Forbidden as error:
        return await _review(request, viewer, found, typed=fields, errors={"": str(error)}, status=403)
    return redirect(request, f"/networks/{slug}/reviews/{review_id}", notice="review-ended")


async def create_signature(request: Request) -> Response:
    """Sign what was decided."""
    viewer, found = await open_administered(request)
    slug, review_id = found.network.slug, request.path_params["review_id"]
    try:
        async with state_of(request).transaction() as tx:
            await sign(tx, viewer, slug, review_id)
    except Conflict as error:
        return await _review(request, viewer, found, errors={"": str(error)}, status=409)
    return redirect(request, f"/networks/{slug}/reviews/{review_id}", notice="review-signed")


async def show_question(request: Request) -> Response:
    """Whether the viewer, who was asked, still needs access: nothing happens by looking."""
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        question = await get_question(connection, viewer, request.path_params["decision_id"])
    title = f"Do you still need {question.network_name}?"
    return render_page(
        request, viewer, "reviews/question.html", QuestionPage(question), title=title, network_id=question.network_id
    )


async def create_answer(request: Request) -> Response:
    """They do."""
    viewer = await account_of(request)
    decision_id = request.path_params["decision_id"]
    async with state_of(request).transaction() as tx:
        await answer(tx, viewer, decision_id)
    return redirect(request, f"/access/{decision_id}", notice="review-asked")


_REVIEWS = "/networks/{slug:slug}/reviews"
_REVIEW = f"{_REVIEWS}/{{review_id:id}}"
ROUTES: list[BaseRoute] = [
    get(_REVIEWS, show_reviews),
    post(_REVIEWS, create_review),
    get(_REVIEW, show_review),
    post(f"{_REVIEW}/decisions", create_decisions),
    post(f"{_REVIEW}/decisions/{{decision_id:id}}/undo", delete_decision),
    post(f"{_REVIEW}/endings", create_endings),
    post(f"{_REVIEW}/signature", create_signature),
    get("/access/{decision_id:id}", show_question),
    post("/access/{decision_id:id}", create_answer),
]
