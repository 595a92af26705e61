"""Administrators go through the members: keep, ask, end; and sign what they saw: by the API."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import get, post, route
from forum.asking import limit, open_administered
from forum.forms import read_json, validate
from forum.network_reads import Found
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.reviews.commands import answer, begin_review, decide, end_access, sign, take_back
from forum.reviews.inputs import ApiDecisions, Ending
from forum.reviews.presenting import ApiEnded, ApiLate, ApiReviews, ApiWholeReview, api_review, api_whole_review
from forum.reviews.queries import get_review, list_decided, list_reviews, list_subjects
from forum.state import account_of, state_of
from forum.viewer import Viewer
from forum.warning import validate_words

TAG = "Governance"
MOST_REVIEWS = 50


def _answer(content: Any) -> Response:
    return JSONResponse(content, 200, {"Cache-Control": PRIVATE})


async def _whole(request: Request, viewer: Viewer, found: Found, review_id: str) -> Response:
    async with state_of(request).database.read() as connection:
        review = await get_review(connection, viewer, found.network, review_id)
        decided = await list_decided(connection, viewer, found.network, review_id)
        undecided = [] if review.signed_at else await list_subjects(connection, viewer, found.network, review_id)
    return _answer(api_whole_review(review, decided, undecided))


@operation("List access reviews", TAG, {200: ApiReviews}, refusals=(403,))
async def api_reviews(request: Request) -> Response:
    """The reviews of a network, the newest first, for its administrators."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        reviews = await list_reviews(connection, viewer, found.network, MOST_REVIEWS)
    return _answer({"items": [api_review(each) for each in reviews], "next": None, "as_of": found.positions(viewer)})


@operation("Begin an access review", TAG, {200: ApiWholeReview}, refusals=(403,))
async def api_begin_review(request: Request) -> Response:
    """Begin a review, or find the one that is open: a network has one at a time."""
    viewer, found = await open_administered(request)
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        review_id = await begin_review(tx, viewer, found.network.slug)
    return await _whole(request, viewer, found, review_id)


@operation("Read an access review", TAG, {200: ApiWholeReview}, refusals=(403,))
async def api_show_review(request: Request) -> Response:
    """What is decided, and who is still to be decided about."""
    viewer, found = await open_administered(request)
    return await _whole(request, viewer, found, request.path_params["review_id"])


@operation("Decide in an access review", TAG, {200: ApiLate}, body=ApiDecisions, refusals=(403, 409))
async def api_decide(request: Request) -> Response:
    """Keep, ask or mark these members. Who is marked to end keeps access until that is confirmed."""
    viewer, found = await open_administered(request)
    wanted = validate(ApiDecisions, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    decisions = {each.account_id: each.decision for each in wanted.items}
    async with state_of(request).transaction() as tx:
        late = await decide(tx, viewer, found.network.slug, request.path_params["review_id"], decisions)
    return _answer({"late": late})


@operation("Take a decision back", TAG, {204: None}, refusals=(403, 409))
async def api_take_back(request: Request) -> Response:
    """Decide anew about somebody, as long as it is neither done nor answered."""
    viewer, found = await open_administered(request)
    parts = request.path_params
    async with state_of(request).transaction() as tx:
        await take_back(tx, viewer, found.network.slug, parts["review_id"], parts["decision_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


@operation("End access in a review", TAG, {200: ApiEnded}, body=Ending, refusals=(403, 409))
async def api_end_access(request: Request) -> Response:
    """End the access of everybody who is marked; they are told, with the reason."""
    viewer, found = await open_administered(request)
    ending = validate_words(request, Ending, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    async with state_of(request).transaction() as tx:
        ended = await end_access(tx, viewer, found.network.slug, request.path_params["review_id"], ending)
    return _answer({"ended": ended})


@operation("Sign an access review", TAG, {200: ApiWholeReview}, refusals=(403, 409))
async def api_sign(request: Request) -> Response:
    """From now on nothing in it can be changed."""
    viewer, found = await open_administered(request)
    async with state_of(request).transaction() as tx:
        await sign(tx, viewer, found.network.slug, request.path_params["review_id"])
    return await _whole(request, viewer, found, request.path_params["review_id"])


@operation("Say that one still needs access", TAG, {204: None})
async def api_answer(request: Request) -> Response:
    """For who was asked in a review. Saying so again changes nothing."""
    viewer = await account_of(request)
    async with state_of(request).transaction() as tx:
        await answer(tx, viewer, request.path_params["decision_id"])
    return Response(status_code=204, headers={"Cache-Control": PRIVATE})


_REVIEWS = "/api/v1/networks/{slug:slug}/reviews"
_REVIEW = f"{_REVIEWS}/{{review_id:id}}"
ROUTES: list[BaseRoute] = [
    get(_REVIEWS, api_reviews),
    post(_REVIEWS, api_begin_review),
    get(_REVIEW, api_show_review),
    post(f"{_REVIEW}/decisions", api_decide),
    route("DELETE", f"{_REVIEW}/decisions/{{decision_id:id}}", api_take_back),
    post(f"{_REVIEW}/endings", api_end_access),
    post(f"{_REVIEW}/signature", api_sign),
    route("PUT", "/api/v1/access/{decision_id:id}", api_answer),
]
