"""Reporting a card by the API."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from auth.secrets import new_secret, secret_hash
from forum.addresses import post
from forum.forms import header_key, read_json
from forum.moderation.asking import limit_reports
from forum.moderation.card_queries import get_reported_card
from forum.moderation.commands import report_card
from forum.moderation.inputs import NewReport
from forum.moderation.own_report_queries import get_own_report, get_receipt
from forum.moderation.presenting import ApiReport, api_report
from forum.openapi import operation
from forum.rendering import PRIVATE
from forum.state import state_of, viewer_of
from forum.warning import validate_words


@operation(
    "Report a card",
    "Moderation",
    {201: ApiReport},
    body=NewReport,
    refusals=(403, 409),
    is_idempotent=True,
    is_public=True,
)
async def api_report_card(request: Request) -> Response:
    """Tell the moderators what is wrong with a card; of an open network also without an account."""
    viewer, state, card_id = await viewer_of(request), state_of(request), request.path_params["card_id"]
    async with state.database.read() as connection:
        await get_reported_card(connection, viewer, card_id)
    said = validate_words(request, NewReport, await read_json(request))
    key = header_key(request, said)
    await limit_reports(request, viewer)
    receipt = "" if viewer.is_signed_in else new_secret()
    hashed = secret_hash(receipt) if receipt else None
    async with state.transaction() as tx:
        made = await report_card(tx, viewer, card_id, said, key, hashed)
    async with state.database.read() as connection:
        report = (
            await get_receipt(connection, viewer, hashed)
            if hashed
            else await get_own_report(connection, viewer, made.report_id)
        )
    url = f"{state.settings.public_url}/reports/receipt/{receipt}" if receipt else None
    headers = {"Cache-Control": PRIVATE, **({"Idempotent-Replay": "true"} if made.is_replay else {})}
    return JSONResponse(api_report(report, url), 201, headers)


ROUTES: list[BaseRoute] = [post("/api/v1/cards/{card_id:id}/reports", api_report_card)]
