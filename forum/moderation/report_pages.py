"""Reporting a post, a document, a card or a person, with or without an account, and what came of it."""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.secrets import new_secret, seal_of, secret_hash
from forum.addresses import get, post
from forum.errors import Conflict, Forbidden, Invalid
from forum.forms import KEY_FIELD, read_form, request_key
from forum.idempotency import RequestKey
from forum.moderation.asking import limit_reports
from forum.moderation.card_queries import ReportedCard, get_reported_card
from forum.moderation.commands import Reported, report_card, report_document, report_person, report_post
from forum.moderation.document_queries import ReportedDocument, get_reported_document
from forum.moderation.inputs import NewReport, ReportList
from forum.moderation.own_report_queries import OwnPart, find_own_report, get_receipt, list_own_reports
from forum.moderation.post_queries import Place, get_place
from forum.moderation.queries import find_reported_person
from forum.moderation.records import OwnReport
from forum.network_reads import get_network
from forum.policy import may_report_card, may_report_document, may_report_person, may_report_post
from forum.records import Person
from forum.rendering import redirect, render_page
from forum.state import State, account_of, state_of, viewer_of
from forum.viewer import Viewer
from forum.warning import validate_words
from realtime.transaction import Transaction

CHOICES = (
    ("patient_data", "Patient data", "Anything by which a patient could be known."),
    ("personal_data", "Personal data", "Of somebody who is no patient: an address, a telephone number, illness."),
    ("abuse", "Abuse", "It insults, threatens or harasses somebody."),
    ("off_topic", "Off topic", "It does not belong in this network, or advertises something."),
    ("wrong", "Wrong or misleading", "It could lead somebody to do harm."),
    ("other", "Something else", "Say what in your own words."),
)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The form for a report: `moderation/report.html`."""

    title: str
    action: str
    back_href: str
    back_text: str
    place: Place | None
    document: ReportedDocument | None
    person: Person | None
    """Who is reported, or shared the document."""
    choices: Sequence[tuple[str, str, str]]
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    refusal: str
    key: str
    has_account: bool
    earlier: OwnReport | None
    """What the viewer said of it before."""
    card: ReportedCard | None = None


async def new_post_report(request: Request) -> Response:
    """The form for reporting a post."""
    viewer, place = await _place(request)
    decision = may_report_post(viewer, place.standing)
    if not decision:
        raise Forbidden(decision.reason)
    return await _post_form(request, viewer, place, {})


async def _place(request: Request) -> tuple[Viewer, Place]:
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        return viewer, await get_place(connection, viewer, request.path_params["id"])


async def _post_form(
    request: Request,
    viewer: Viewer,
    place: Place,
    typed: Mapping[str, str],
    error: Invalid | Conflict | None = None,
) -> Response:
    async with state_of(request).database.read() as connection:
        earlier = await find_own_report(connection, viewer, place.network_id, place.person.id, post_id=place.id)
    page = ReportPage(
        title=f"Report post {place.number}",
        action=f"/posts/{place.id}/report",
        back_href=place.path,
        back_text=place.title,
        place=place,
        document=None,
        person=None,
        earlier=earlier,
        **_typed(viewer, typed, error),  # type: ignore[arg-type]
    )
    return _form(request, viewer, page, place.network_id, error)


def _typed(viewer: Viewer, typed: Mapping[str, str], error: Invalid | Conflict | None) -> dict[str, object]:
    errors = dict(error.errors) if isinstance(error, Invalid) else {}
    if set(errors) == {""}:  # what is asked of the whole is asked of the words
        errors = {"words": errors[""]}
    return {
        "choices": CHOICES,
        "typed": typed,
        "errors": errors,
        "refusal": str(error) if isinstance(error, Conflict) else "",
        "key": typed.get(KEY_FIELD) or new_secret(),
        "has_account": viewer.is_signed_in,
    }


def _form(
    request: Request, viewer: Viewer, page: ReportPage, network_id: str, error: Invalid | Conflict | None
) -> Response:
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return render_page(
        request, viewer, "moderation/report.html", page, title=page.title, network_id=network_id, status=status
    )


async def create_post_report(request: Request) -> Response:
    """Report the post; somebody without an account is led to a receipt that only they know."""
    fields = await read_form(request)
    viewer, place = await _place(request)

    async def write(tx: Transaction, said: NewReport, key: RequestKey | None, receipt: str | None) -> Reported:
        return await report_post(tx, viewer, place.id, said, key, receipt)

    try:
        return await _send(request, viewer, fields, write)
    except (Invalid, Conflict) as error:
        return await _post_form(request, viewer, place, fields, error)


Writer = Callable[[Transaction, NewReport, RequestKey | None, str | None], Awaitable[Reported]]


async def _send(request: Request, viewer: Viewer, fields: Mapping[str, str], write: Writer) -> Response:
    state = state_of(request)
    said = validate_words(request, NewReport, fields)
    typed_key = fields.get(KEY_FIELD)
    key = request_key(request, said, typed_key)
    await limit_reports(request, viewer)
    receipt = "" if viewer.is_signed_in else receipt_of(state, request.url.path, typed_key or new_secret())
    async with state.transaction() as tx:
        await write(tx, said, key, secret_hash(receipt) if receipt else None)
    if receipt:
        return redirect(request, f"/reports/receipt/{receipt}")
    return redirect(request, "/reports", notice="reported")


def receipt_of(state: State, path: str, form: str) -> str:
    """What stands in the address of a receipt: nobody can guess it, and the same form gets the same one."""
    digest = seal_of(state.key, "receipt", path, form)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


# -- A document ------------------------------------------------------------------------------------


async def new_document_report(request: Request) -> Response:
    """The form for reporting a document, as its newest version or the one of `?version=` has it."""
    viewer, document = await _document(request, request.query_params.get("version", ""))
    decision = may_report_document(viewer, document.standing)
    if not decision:
        raise Forbidden(decision.reason)
    return await _document_form(request, viewer, document, {})


async def _document(request: Request, version: str) -> tuple[Viewer, ReportedDocument]:
    viewer, number = await viewer_of(request), None
    if version.isascii() and version.isdigit() and len(version) < 10:
        number = int(version)
    async with state_of(request).database.read() as connection:
        return viewer, await get_reported_document(connection, viewer, request.path_params["document_id"], number)


async def _document_form(
    request: Request,
    viewer: Viewer,
    document: ReportedDocument,
    typed: Mapping[str, str],
    error: Invalid | Conflict | None = None,
) -> Response:
    async with state_of(request).database.read() as connection:
        earlier = await find_own_report(connection, viewer, document.network_id, "", document_id=document.id)
    page = ReportPage(
        title=f"Report “{document.title}”",
        action=f"/documents/{document.id}/report",
        back_href=f"/documents/{document.id}",
        back_text=document.title,
        place=None,
        document=document,
        person=document.author,
        earlier=earlier,
        **_typed(viewer, typed, error),  # type: ignore[arg-type]
    )
    return _form(request, viewer, page, document.network_id, error)


async def create_document_report(request: Request) -> Response:
    """Report the document to the moderators of its network."""
    fields = await read_form(request)
    viewer, document = await _document(request, fields.get("version", ""))

    async def write(tx: Transaction, said: NewReport, key: RequestKey | None, receipt: str | None) -> Reported:
        return await report_document(tx, viewer, document.id, document.number, said, key, receipt)

    try:
        return await _send(request, viewer, {k: v for k, v in fields.items() if k != "version"}, write)
    except (Invalid, Conflict) as error:
        return await _document_form(request, viewer, document, fields, error)


# -- A card ----------------------------------------------------------------------------------------


async def new_card_report(request: Request) -> Response:
    """The form for reporting a card."""
    viewer, card = await _card(request)
    decision = may_report_card(viewer, card.standing)
    if not decision:
        raise Forbidden(decision.reason)
    return await _card_form(request, viewer, card, {})


async def _card(request: Request) -> tuple[Viewer, ReportedCard]:
    viewer = await viewer_of(request)
    async with state_of(request).database.read() as connection:
        return viewer, await get_reported_card(connection, viewer, request.path_params["card_id"])


async def _card_form(
    request: Request,
    viewer: Viewer,
    card: ReportedCard,
    typed: Mapping[str, str],
    error: Invalid | Conflict | None = None,
) -> Response:
    async with state_of(request).database.read() as connection:
        earlier = await find_own_report(connection, viewer, card.network_id, "", card_id=card.id)
    page = ReportPage(
        title=f"Report “{card.title}”",
        action=f"/cards/{card.id}/report",
        back_href=f"/cards/{card.id}",
        back_text=card.title,
        place=None,
        document=None,
        person=card.person,
        earlier=earlier,
        card=card,
        **_typed(viewer, typed, error),  # type: ignore[arg-type]
    )
    return _form(request, viewer, page, card.network_id, error)


async def create_card_report(request: Request) -> Response:
    """Report the card to the moderators of its network."""
    fields = await read_form(request)
    viewer, card = await _card(request)

    async def write(tx: Transaction, said: NewReport, key: RequestKey | None, receipt: str | None) -> Reported:
        return await report_card(tx, viewer, card.id, said, key, receipt)

    try:
        return await _send(request, viewer, fields, write)
    except (Invalid, Conflict) as error:
        return await _card_form(request, viewer, card, fields, error)


# -- A person --------------------------------------------------------------------------------------


async def new_person_report(request: Request) -> Response:
    """The form for reporting what somebody does in a network."""
    viewer = await account_of(request)
    return await _person_form(request, viewer, {})


async def _person_form(
    request: Request, viewer: Viewer, typed: Mapping[str, str], error: Invalid | Conflict | None = None
) -> Response:
    account_id = request.path_params["account_id"]
    async with state_of(request).database.read() as connection:
        network = (await get_network(connection, viewer, request.path_params["slug"])).network
        person = await find_reported_person(connection, viewer, network.id, account_id)
        earlier = await find_own_report(connection, viewer, network.id, account_id)
    decision = may_report_person(viewer, account_id)
    if not decision:
        raise Forbidden(decision.reason)
    page = ReportPage(
        title=f"Report {person.name}",
        action=f"/networks/{network.slug}/people/{account_id}/report",
        back_href=f"/people/{account_id}",
        back_text=person.name,
        place=None,
        document=None,
        person=person,
        earlier=earlier,
        **_typed(viewer, typed, error),  # type: ignore[arg-type]
    )
    return _form(request, viewer, page, network.id, error)


async def create_person_report(request: Request) -> Response:
    """Report the person to the moderators of this network."""
    fields = await read_form(request)
    viewer = await account_of(request)
    async with state_of(request).database.read() as connection:
        network_id = (await get_network(connection, viewer, request.path_params["slug"])).network.id

    async def write(tx: Transaction, said: NewReport, key: RequestKey | None, _: str | None) -> Reported:
        return await report_person(tx, viewer, network_id, request.path_params["account_id"], said, key)

    try:
        return await _send(request, viewer, fields, write)
    except (Invalid, Conflict) as error:
        return await _person_form(request, viewer, fields, error)


# -- What came of it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnReportsPage:
    """What one has reported: `moderation/own_reports.html`."""

    reports: Sequence[OwnReport]
    first: str
    later: str


async def list_reports(request: Request) -> Response:
    """What this person has reported, newest first, with its state."""
    viewer = await account_of(request)
    asked = ReportList(limit=20, after=request.query_params.get("after", "")[:200])
    async with state_of(request).database.read() as connection:
        part: OwnPart = await list_own_reports(connection, viewer, asked)
    later = f"/reports?after={part.next}" if part.next else ""
    page = OwnReportsPage(part.items, "/reports" if asked.after else "", later)
    return render_page(request, viewer, "moderation/own_reports.html", page, title="Your reports")


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """The receipt of a report without an account: `moderation/receipt.html`."""

    report: OwnReport
    url: str


async def show_receipt(request: Request) -> Response:
    """For whoever has its address: what was reported, and what came of it."""
    viewer = await viewer_of(request)
    secret = request.path_params["secret"]
    async with state_of(request).database.read() as connection:
        report = await get_receipt(connection, viewer, secret_hash(secret))
    page = ReceiptPage(report, f"{state_of(request).settings.public_url}/reports/receipt/{secret}")
    return render_page(request, viewer, "moderation/receipt.html", page, title="Your report")


ROUTES: list[BaseRoute] = [
    get("/posts/{id:id}/report", new_post_report),
    post("/posts/{id:id}/report", create_post_report),
    get("/documents/{document_id:id}/report", new_document_report),
    post("/documents/{document_id:id}/report", create_document_report),
    get("/cards/{card_id:id}/report", new_card_report),
    post("/cards/{card_id:id}/report", create_card_report),
    get("/networks/{slug:slug}/people/{account_id:id}/report", new_person_report),
    post("/networks/{slug:slug}/people/{account_id:id}/report", create_person_report),
    get("/reports", list_reports),
    get("/reports/receipt/{secret}", show_receipt),
]
