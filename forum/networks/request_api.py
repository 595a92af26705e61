"""Answering several of those who ask to join, in the JSON API; how they are listed stands with the members."""

from collections.abc import Collection
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import MEMBERSHIP_CHANGES
from forum.addresses import post
from forum.asking import limit, open_administered
from forum.forms import read_json
from forum.networks.inputs import Answers, MemberChange
from forum.networks.member_commands import admit_or_refuse
from forum.networks.member_pages import meanwhile
from forum.networks.member_queries import list_named
from forum.openapi import operation
from forum.records import Member, Status
from forum.rendering import PRIVATE
from forum.state import state_of
from forum.warning import validate_words
from ground.answers import Answer

TAG = "Networks"
GONE = "They don't ask to join, or have taken their request back."


class ApiAnswered(Answer):
    """What became of one request.

    `answered`: they have this answer by the caller. `passed_over`: somebody else was faster, or they wait no more;
    `now` is how they stand, and `detail` says it.
    """

    account_id: str
    status: Literal["answered", "passed_over"]
    now: Status | None
    detail: str


class ApiAnsweredAll(Answer):
    """One item for each entry, in its order, duplicates included."""

    items: list[ApiAnswered]


@operation("Answer many requests to join", TAG, {200: ApiAnsweredAll}, body=Answers, refusals=(403, 409))
async def api_answer_requests(request: Request) -> Response:
    """Admit or refuse up to a hundred people at once, all with the same words, which they are told."""
    viewer, found = await open_administered(request)
    wanted = validate_words(request, Answers, await read_json(request))
    await limit(request, MEMBERSHIP_CHANGES, viewer.id)
    status: Literal["active", "refused"] = "active" if wanted.answer == "admit" else "refused"
    change = MemberChange(status=status, reason=wanted.reason)
    chosen = wanted.account_ids
    async with state_of(request).transaction() as tx:
        answered = await admit_or_refuse(tx, viewer, request.path_params["slug"], chosen, change)
    async with state_of(request).database.read() as connection:
        members = await list_named(connection, viewer, found.network, chosen)
    known = {member.person.id: member for member in members}
    items = [_item(each, answered, known.get(each)) for each in chosen]
    return JSONResponse({"items": items}, headers={"Cache-Control": PRIVATE})


def _item(account_id: str, answered: Collection[str], member: Member | None) -> dict[str, object]:
    is_answered = account_id in answered
    late = GONE if member is None else meanwhile([member])
    return {
        "account_id": account_id,
        "status": "answered" if is_answered else "passed_over",
        "now": member.status if member else None,
        "detail": "" if is_answered else late,
    }


ROUTES: list[BaseRoute] = [post("/api/v1/networks/{slug:slug}/requests/answers", api_answer_requests)]
