"""Reports, the queue of a network, acts of moderation, appeals and erasing: by the API."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.rules import APPEALS
from auth.secrets import new_secret, secret_hash
from forum.acts.erasing import erase_post
from forum.acts.erasing_documents import erase_document
from forum.acts.posts import hide_post
from forum.acts.quoting import see_quoting
from forum.acts.repeating import hide_repeats
from forum.acts.titles import TitleWish
from forum.acts.undoing import undo_act
from forum.acts.waiting import waiting_cases
from forum.acts.warning import warn_person
from forum.addresses import get, post, route
from forum.errors import Forbidden, NotFound
from forum.forms import header_key, read_json, read_query, validate
from forum.moderation import appeal_commands, card_api, quieting_pages, suspension_api
from forum.moderation.act_queries import get_act, may_undo_shown
from forum.moderation.asking import limit, limit_acts, limit_reports, open_moderated
from forum.moderation.commands import Reported, decide_case, report_document, report_person, report_post, take_case
from forum.moderation.document_queries import get_reported_document
from forum.moderation.inputs import (
    Appeal,
    AppealAnswer,
    CaseList,
    Decision,
    DocumentErasure,
    ErasureReason,
    Hiding,
    Lease,
    NewDocumentReport,
    NewReport,
    NewWarning,
    ReportList,
    Undoing,
)
from forum.moderation.own_report_queries import get_own_report, get_receipt, list_own_reports
from forum.moderation.post_queries import get_place
from forum.moderation.presenting import (
    ApiAct,
    ApiCases,
    ApiErasure,
    ApiHiding,
    ApiReport,
    ApiReports,
    ApiWholeCase,
    api_act,
    api_case,
    api_case_report,
    api_report,
)
from forum.moderation.queries import (
    find_reported_person,
    get_case,
    list_cases,
    list_reports,
)
from forum.network_reads import get_network
from forum.openapi import operation
from forum.policy import may_erase, may_hide, may_see_requests, may_warn
from forum.rendering import PRIVATE
from forum.state import account_of, state_of, viewer_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import now

TAG = "Moderation"


def _answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(content, status, {"Cache-Control": PRIVATE, **(headers or {})})


# -- Reports ---------------------------------------------------------------------------------------


@operation(
    "Report a post", TAG, {201: ApiReport}, body=NewReport, refusals=(403, 409), is_idempotent=True, is_public=True
)
async def api_report_post(request: Request) -> Response:
    """Tell the moderators what is wrong with a post; of an open network also without an account.

    Whoever reports the same post again adds to what they said. Its author never learns who reported.
    """
    viewer, state = await viewer_of(request), state_of(request)
    async with state.database.read() as connection:
        await get_place(connection, viewer, request.path_params["id"])
    said = validate_words(request, NewReport, await read_json(request))
    key = header_key(request, said)
    await limit_reports(request, viewer)
    receipt = "" if viewer.is_signed_in else new_secret()
    async with state.transaction() as tx:
        made = await report_post(
            tx, viewer, request.path_params["id"], said, key, secret_hash(receipt) if receipt else None
        )
    return await _reported(request, viewer, made, receipt)


@operation(
    "Report a document",
    TAG,
    {201: ApiReport},
    body=NewDocumentReport,
    refusals=(403, 409),
    is_idempotent=True,
    is_public=True,
)
async def api_report_document(request: Request) -> Response:
    """Tell the moderators what is wrong with a document, or with one version of it; of an open network also without
    an account."""
    viewer, state, document_id = await viewer_of(request), state_of(request), request.path_params["document_id"]
    async with state.database.read() as connection:
        await get_reported_document(connection, viewer, document_id, None)
    said = validate_words(request, NewDocumentReport, await read_json(request))
    key = header_key(request, said)
    await limit_reports(request, viewer)
    receipt = "" if viewer.is_signed_in else new_secret()
    async with state.transaction() as tx:
        made = await report_document(
            tx, viewer, document_id, said.version, said, key, secret_hash(receipt) if receipt else None
        )
    return await _reported(request, viewer, made, receipt)


@operation("Report a person", TAG, {201: ApiReport}, body=NewReport, refusals=(403, 409), is_idempotent=True)
async def api_report_person(request: Request) -> Response:
    """Tell the moderators of a network what somebody does there."""
    viewer, state = await account_of(request), state_of(request)
    account_id = request.path_params["account_id"]
    async with state.database.read() as connection:
        network_id = (await get_network(connection, viewer, request.path_params["slug"])).network.id
        await find_reported_person(connection, viewer, network_id, account_id)
    said = validate_words(request, NewReport, await read_json(request))
    key = header_key(request, said)
    await limit_reports(request, viewer)
    async with state.transaction() as tx:
        made = await report_person(tx, viewer, network_id, account_id, said, key)
    return await _reported(request, viewer, made, "")


async def _reported(request: Request, viewer: Viewer, made: Reported, receipt: str) -> Response:
    state = state_of(request)
    async with state.database.read() as connection:
        if receipt:
            report = await get_receipt(connection, viewer, secret_hash(receipt))
        else:
            report = await get_own_report(connection, viewer, made.report_id)
    url = f"{state.settings.public_url}/reports/receipt/{receipt}" if receipt else None
    return _answer(api_report(report, url), 201, {"Idempotent-Replay": "true"} if made.is_replay else {})


@operation("List one's own reports", TAG, {200: ApiReports}, query=ReportList)
async def api_list_own_reports(request: Request) -> Response:
    """What the caller has reported and what came of it, newest first."""
    asked = read_query(request, ReportList)
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        part = await list_own_reports(connection, viewer, asked)
    items = [api_report(report) for report in part.items]
    return _answer({"items": items, "next": part.next, "as_of": viewer.positions()})


# -- The queue -------------------------------------------------------------------------------------


@operation("List the reports in a network", TAG, {200: ApiCases}, query=CaseList, refusals=(403,))
async def api_list_cases(request: Request) -> Response:
    """For moderators: each post or person once; never what is about themselves."""
    asked = read_query(request, CaseList)
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        found = await get_network(connection, viewer, request.path_params["slug"])
        decision = may_see_requests(viewer, found.network)
        if not decision:
            raise Forbidden(decision.reason) if viewer.is_signed_in else NotFound
        part = await list_cases(connection, viewer, found.network.id, asked)
        waiting = await connection.scalar(waiting_cases(found.network.id, viewer))
    moment = now()
    items = [api_case(case, moment) for case in part.items]
    shown = {"items": items, "next": part.next, "waiting_count": waiting}
    return _answer(shown | {"as_of": found.positions(viewer)})


async def _whole_case(request: Request, viewer: Viewer, case_id: str) -> Response:
    async with state_of(request).database.read() as connection:
        case = await get_case(connection, viewer, case_id)
        reports = await list_reports(connection, viewer, case)
    return _answer(api_case(case, now()) | {"reports": [api_case_report(report) for report in reports]})


@operation("Read a case", TAG, {200: ApiWholeCase})
async def api_show_case(request: Request) -> Response:
    """What was reported of a post or a person, and by whom: for moderators."""
    viewer = await viewer_of(request)
    return await _whole_case(request, viewer, request.path_params["case_id"])


@operation("Look into a case", TAG, {200: ApiWholeCase}, body=Lease, refusals=(409,))
async def api_take_case(request: Request) -> Response:
    """With `taken` nobody else decides it for half an hour; 409 where somebody else has it."""
    viewer, state, case_id = await account_of(request), state_of(request), request.path_params["case_id"]
    async with state.database.read() as connection:
        await get_case(connection, viewer, case_id)
    value = validate(Lease, await read_json(request))
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        await take_case(tx, viewer, case_id, taken=value.taken)
    return await _whole_case(request, viewer, case_id)


@operation("Decide a case", TAG, {200: ApiWholeCase}, body=Decision, refusals=(403, 409))
async def api_decide_case(request: Request) -> Response:
    """Agree, with an act or without one, disagree or ignore, which those who reported are told; 409 if too late."""
    viewer, state, case_id = await account_of(request), state_of(request), request.path_params["case_id"]
    async with state.database.read() as connection:
        await get_case(connection, viewer, case_id)
    value = validate_words(request, Decision, await read_json(request))
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        await decide_case(tx, viewer, case_id, value)
    return await _whole_case(request, viewer, case_id)


# -- Acts ------------------------------------------------------------------------------------------


async def _act_answer(request: Request, viewer: Viewer, act_id: str, status: int = 200) -> Response:
    async with state_of(request).database.read() as connection:
        act = await get_act(connection, viewer, act_id)
    headers = {"Location": f"{state_of(request).settings.public_url}/api/v1/acts/{act_id}"} if status == 201 else {}
    return _answer(api_act(act), status, headers)


@operation("Hide a post", TAG, {201: ApiAct}, body=Hiding, refusals=(403,), makes_one=True)
async def api_hide_post(request: Request) -> Response:
    """A stub that names the rule stays; the author is told the reason, and may appeal once."""
    viewer, state, post_id = await account_of(request), state_of(request), request.path_params["id"]
    async with state.database.read() as connection:
        decision = may_hide(viewer, (await get_place(connection, viewer, post_id)).standing)
    if not decision:
        raise Forbidden(decision.reason)
    value = validate_words(request, Hiding, await read_json(request))
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        wish = TitleWish(value.keep_title, value.title)
        removed = await hide_post(tx, viewer, post_id, value.rule, value.reason, wish=wish)
    return await _act_answer(request, viewer, removed.act_id or "", 201)


@operation("Warn a person", TAG, {201: ApiAct}, body=NewWarning, refusals=(403,), makes_one=True)
async def api_warn_person(request: Request) -> Response:
    """They are told, and it stands in their record in this network."""
    viewer, found = await open_moderated(request)
    account_id = request.path_params["account_id"]
    async with state_of(request).database.read() as connection:
        await find_reported_person(connection, viewer, found.network.id, account_id)
    decision = may_warn(viewer, found.network.id, account_id)
    if not decision:
        raise Forbidden(decision.reason)
    value = validate_words(request, NewWarning, await read_json(request))
    await limit_acts(request, viewer)
    async with state_of(request).transaction() as tx:
        act_id = await warn_person(tx, viewer, found.network.id, account_id, value.reason, value.rule)
    return await _act_answer(request, viewer, act_id, 201)


@operation("Read an act", TAG, {200: ApiAct})
async def api_show_act(request: Request) -> Response:
    """For whom it concerns, the network's moderators, and whoever judges an appeal against it."""
    viewer = await viewer_of(request)
    return await _act_answer(request, viewer, request.path_params["act_id"])


@operation("Undo an act", TAG, {200: ApiAct}, body=Undoing, refusals=(403, 409))
async def api_undo_act(request: Request) -> Response:
    """For moderators: the post can be read again, the warning no longer counts. A move also for an administrator of
    the site, where an appeal against it was granted in words."""
    viewer, state, act_id = await account_of(request), state_of(request), request.path_params["act_id"]
    async with state.database.read() as connection:
        act = await get_act(connection, viewer, act_id)
    decision = may_undo_shown(viewer, act)
    if not decision:
        raise Forbidden(decision.reason)
    value = validate_words(request, Undoing, await read_json(request))
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        await undo_act(tx, viewer, act_id, value.reason)
    return await _act_answer(request, viewer, act_id)


@operation("Hide what repeats a hidden post", TAG, {200: ApiHiding}, refusals=(403,))
async def api_hide_repeats(request: Request) -> Response:
    """For moderators: what was reported to them because it repeats words of the post that this act hid as patient
    data is hidden, too; how many posts those are. Those in the queue alone, which can be read there first."""
    viewer, state, act_id = await account_of(request), state_of(request), request.path_params["act_id"]
    async with state.database.read() as connection:
        await get_act(connection, viewer, act_id)
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        hidden = await hide_repeats(tx, viewer, act_id)
    return _answer({"hidden": hidden})


@operation("Appeal against an act", TAG, {200: ApiAct}, body=Appeal, refusals=(403, 409))
async def api_appeal(request: Request) -> Response:
    """Once, by whom it concerns. Another administrator answers than the one who acted."""
    viewer, state, act_id = await account_of(request), state_of(request), request.path_params["act_id"]
    async with state.database.read() as connection:
        if not (await get_act(connection, viewer, act_id)).is_mine:
            raise Forbidden(appeal_commands.NOT_YOURS)
    value = validate_words(request, Appeal, await read_json(request))
    await limit(request, APPEALS, viewer.id)
    async with state.transaction() as tx:
        await appeal_commands.appeal(tx, viewer, act_id, value.words)
    return await _act_answer(request, viewer, act_id)


@operation("Answer an appeal", TAG, {200: ApiAct}, body=AppealAnswer, refusals=(403, 409))
async def api_answer_appeal(request: Request) -> Response:
    """`upheld` lets the act stand, `overturned` takes it back; `granted` says in words that it was wrong, where the
    caller can’t take it back: whoever can is told."""
    viewer, state, act_id = await account_of(request), state_of(request), request.path_params["act_id"]
    async with state.database.read() as connection:
        act = await get_act(connection, viewer, act_id)
    if not act.is_judged and not act.appeal_outcome:
        raise Forbidden(appeal_commands.NOT_FOR_YOU)
    value = validate_words(request, AppealAnswer, await read_json(request))
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        await appeal_commands.answer_appeal(tx, viewer, act_id, value.outcome, value.answer)
    return await _act_answer(request, viewer, act_id)


@operation("Erase a post", TAG, {200: ApiErasure}, body=ErasureReason, refusals=(403,))
async def api_erase_post(request: Request) -> Response:
    """For administrators of the site, who need not read it: the words, their versions and every quote of them go."""
    viewer, state, post_id = await account_of(request), state_of(request), request.path_params["id"]
    if not may_erase(viewer):
        async with state.database.read() as connection:
            await get_place(connection, viewer, post_id)
        raise Forbidden(may_erase(viewer).reason)
    value = validate_words(request, ErasureReason, await read_json(request))
    await limit_acts(request, viewer)
    async with state.database.read() as connection:
        seen = await see_quoting(connection, post_id)
    async with state.transaction() as tx:
        act_id = await erase_post(tx, viewer, post_id, value.reason, keep_title=value.keep_title, seen=seen)
    return _answer({"erased": act_id is not None})


@operation("Erase a document", TAG, {200: ApiErasure}, body=DocumentErasure, refusals=(403,))
async def api_erase_document(request: Request) -> Response:
    """For administrators of the site, who need not read it: its versions, their files and its words go."""
    viewer, state, document_id = await account_of(request), state_of(request), request.path_params["document_id"]
    if not may_erase(viewer):
        async with state.database.read() as connection:
            await get_reported_document(connection, viewer, document_id, None)
        raise Forbidden(may_erase(viewer).reason)
    value = validate(DocumentErasure, await read_json(request))
    await limit_acts(request, viewer)
    async with state.transaction() as tx:
        return _answer({"erased": await erase_document(tx, viewer, document_id, value.reason)})


ROUTES: list[BaseRoute] = [
    *card_api.ROUTES,
    post("/api/v1/posts/{id:id}/reports", api_report_post),
    post("/api/v1/documents/{document_id:id}/reports", api_report_document),
    post("/api/v1/posts/{id:id}/hiding", api_hide_post),
    post("/api/v1/posts/{id:id}/erasure", api_erase_post),
    post("/api/v1/documents/{document_id:id}/erasure", api_erase_document),
    post("/api/v1/networks/{slug:slug}/members/{account_id:id}/reports", api_report_person),
    post("/api/v1/networks/{slug:slug}/members/{account_id:id}/warnings", api_warn_person),
    get("/api/v1/networks/{slug:slug}/reports", api_list_cases),
    get("/api/v1/me/reports", api_list_own_reports),
    get("/api/v1/reports/{case_id:id}", api_show_case),
    route("PUT", "/api/v1/reports/{case_id:id}/lease", api_take_case),
    post("/api/v1/reports/{case_id:id}/decision", api_decide_case),
    get("/api/v1/acts/{act_id:id}", api_show_act),
    post("/api/v1/acts/{act_id:id}/undo", api_undo_act),
    post("/api/v1/acts/{act_id:id}/repeats", api_hide_repeats),
    post("/api/v1/acts/{act_id:id}/appeal", api_appeal),
    post("/api/v1/acts/{act_id:id}/answer", api_answer_appeal),
    *quieting_pages.API_ROUTES,
    *suspension_api.ROUTES,
]
