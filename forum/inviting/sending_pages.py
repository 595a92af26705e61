"""Inviting people: a list is pasted, shown as it was understood, and sent by a second press alone."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from auth.rules import INVITATIONS
from forum.addresses import get, post
from forum.asking import limit, open_administered
from forum.errors import AlreadySent, Forbidden, Invalid
from forum.fields import ROLE_CHOICES
from forum.forms import KEY_FIELD, read_form, request_key, validate
from forum.fronts import NetworkHead, network_head
from forum.invitations import VALID_DAYS
from forum.inviting.address_lists import Entry, TooManyEntries, read_addresses, written
from forum.inviting.address_queries import MOST_A_DAY, look_up
from forum.inviting.inputs import InvitationForm
from forum.inviting.invitation_commands import Invited, Wish, invite
from forum.inviting.sorting import Sorted, keys_of, sort_out
from forum.network_reads import Found
from forum.policy import may_admit
from forum.rendering import redirect, render_page, spell
from forum.state import state_of
from forum.viewer import Viewer
from ground.columns import now

WRONG = "wrong-"
"""Fields with entries that are no addresses, to be mended, are called by this and a number."""
MOST_MENDED = 100
"""So many entries can be mended one by one on the page; the rest go back into the list."""
MOST_SHOWN = 200
DAYS = (7, 14, VALID_DAYS, 60, 90)


@dataclass(frozen=True, slots=True)
class NewInvitationsPage:
    """The form into which a list is pasted: `inviting/new.html`."""

    head: NetworkHead
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    until: Sequence[tuple[str, int, datetime]]
    leftover: Sequence[Invited]
    """What was not sent of the list before this one."""
    sent: str
    """How many people of it were invited, in words; empty where none was."""
    roles: Sequence[tuple[str, str, str]] = ROLE_CHOICES


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of which the same becomes: the first of them, and how many there are."""

    entries: Sequence[Sorted]
    count: int
    text: str
    """All of them as a list that can be read again."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """The list as it was understood, before anything is sent: `inviting/preview.html`."""

    head: NetworkHead
    typed: Mapping[str, str]
    key: str
    errors: Mapping[str, str]
    role: str
    until: datetime
    fresh: Group
    doubtful: Group
    members: Group
    invited: Group
    twice: Group
    wrong: Group
    later: Group
    mended: int
    """How many wrong entries have a field of their own."""
    limit: int = MOST_A_DAY
    field: str = WRONG


async def new_invitations(request: Request) -> Response:
    """The form."""
    viewer, found = await open_administered(request)
    return _form(request, viewer, found, {}, {})


def _form(
    request: Request,
    viewer: Viewer,
    found: Found,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    leftover: Sequence[Invited] = (),
    sent: str = "",
) -> Response:
    moment = now()
    until = [(str(days), days, moment + timedelta(days=days)) for days in DAYS]
    page = NewInvitationsPage(network_head(viewer, found), typed, errors, until, leftover, sent)
    title = f"Invite people to {found.network.name}"
    network_id = found.network.id
    return render_page(request, viewer, "inviting/new.html", page, title=title, network_id=network_id, status=status)


async def look_at_invitations(request: Request) -> Response:
    """Show how the list is understood, or the form again. Nothing is sent and nothing kept."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    decision = may_admit(viewer, found.network)
    if not decision:
        raise Forbidden(decision.reason)
    try:
        form, entries = await _read(fields)
    except Invalid as error:
        return _form(request, viewer, found, _together(fields), error.errors, 422)
    if form.act == "edit":
        return _form(request, viewer, found, _together(fields), {})
    return await _preview(request, viewer, found, form, entries, {})


async def _read(fields: Mapping[str, str]) -> tuple[InvitationForm, list[Entry]]:
    """What was sent, and all entries of it with the mended ones. Raises Invalid."""
    form = validate(InvitationForm, {name: value for name, value in fields.items() if not name.startswith(WRONG)})
    text = _together(fields)["emails"]
    try:
        entries = await asyncio.to_thread(read_addresses, text)
    except TooManyEntries as error:
        raise Invalid({"emails": str(error)}) from error
    if not entries:
        raise Invalid({"emails": "Write at least one e-mail address."})
    return form, entries


def _together(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form with one list that holds all of its parts."""
    parts = [fields.get(name, "") for name in ("emails", "doubtful", "later")]
    parts += [value for name, value in fields.items() if name.startswith(WRONG)]
    kept = {name: fields.get(name, "") for name in ("role", "message", "days") if name in fields}
    return kept | {"emails": "\n".join(part.strip("\r\n") for part in parts if part.strip())}


async def _preview(
    request: Request,
    viewer: Viewer,
    found: Found,
    form: InvitationForm,
    entries: Sequence[Entry],
    errors: Mapping[str, str],
    status: int = 200,
) -> Response:
    state = state_of(request)
    keys = await asyncio.to_thread(keys_of, entries)
    async with state.database.read() as connection:
        known = await look_up(connection, viewer, found.network, keys, state.settings.domains)
    sorted_out = await asyncio.to_thread(sort_out, entries, keys, known)
    wrong = _group(each for each in sorted_out if each.status == "invalid")
    page = PreviewPage(
        head=network_head(viewer, found),
        typed={"role": form.role, "message": form.message, "days": form.days},
        key=secrets.token_urlsafe(16),
        errors=errors,
        role=form.role,
        until=now() + timedelta(days=int(form.days)),
        fresh=_group(each for each in sorted_out if each.status == "sent" and not each.warning),
        doubtful=_group(each for each in sorted_out if each.status == "sent" and each.warning),
        members=_group(each for each in sorted_out if each.status == "already_member"),
        invited=_group(each for each in sorted_out if each.status == "already_invited"),
        twice=_group(each for each in sorted_out if each.status == "duplicate"),
        wrong=wrong,
        later=_group(each for each in sorted_out if each.status == "over_limit"),
        mended=min(wrong.count, MOST_MENDED),
    )
    title = f"Look before you invite people to {found.network.name}"
    template, network_id = "inviting/preview.html", found.network.id
    return render_page(request, viewer, template, page, title=title, network_id=network_id, status=status)


def _group(found: Iterable[Sorted]) -> Group:
    members = list(found)
    return Group(members[:MOST_SHOWN], len(members), written([each.entry for each in members]))


async def create_invitations(request: Request) -> Response:
    """Invite the people of the list; what could not be sent stays in the form."""
    viewer, found = await open_administered(request)
    fields = await read_form(request)
    try:
        form, entries = await _read(fields)
    except Invalid as error:
        return _form(request, viewer, found, _together(fields), error.errors, 422)
    wanted = await asyncio.to_thread(read_addresses, _chosen(form))
    if _is_mended(fields) or not wanted:
        # What was mended has not been seen sorted yet: nothing goes out that nobody looked at.
        return await _preview(request, viewer, found, form, entries, {} if wanted else _NOBODY, 200 if wanted else 422)
    wish = Wish(wanted, form.role, form.message, int(form.days))
    try:
        key = request_key(request, form, fields.get(KEY_FIELD))
        await limit(request, INVITATIONS, viewer.id)
        async with state_of(request).transaction() as tx:
            outcomes, _ = await invite(tx, viewer, found.network.slug, wish, key)
    except AlreadySent as error:
        return await _preview(request, viewer, found, form, entries, {"": str(error)}, 422)
    return _answer(request, viewer, found, form, wanted, outcomes)


_NOBODY = {"": "There is nobody to invite in this list yet. Mend an address below, or go back to the list."}


def _chosen(form: InvitationForm) -> str:
    return f"{form.emails}\n{form.doubtful}" if form.with_doubtful else form.emails


def _is_mended(fields: Mapping[str, str]) -> bool:
    mended = [entry for name, value in fields.items() if name.startswith(WRONG) for entry in read_addresses(value)]
    return any(keys_of(mended[:MOST_MENDED]))


def _answer(
    request: Request,
    viewer: Viewer,
    found: Found,
    form: InvitationForm,
    wanted: Sequence[Entry],
    outcomes: Sequence[Invited],
) -> Response:
    """Lead to the list where everything is on its way; else the form again with what is not."""
    count = sum(outcome.status == "sent" for outcome in outcomes)
    people = spell(count, "person", "people")
    left = [entry for entry, each in zip(wanted, outcomes, strict=True) if each.status in ("invalid", "over_limit")]
    if count and not left and not form.later.strip():
        return redirect(request, f"/networks/{found.network.slug}/invitations", notice="invited", who=people)
    leftover = [outcome for outcome in outcomes if outcome.status != "sent"]
    text = "\n".join(filter(None, [written(left), form.later.strip("\r\n")]))
    typed = {"role": form.role, "message": form.message, "days": form.days, "emails": text}
    return _form(request, viewer, found, typed, {}, leftover=leftover[:MOST_SHOWN], sent=people if count else "")


ROUTES: list[BaseRoute] = [
    get("/networks/{slug:slug}/invitations/new", new_invitations),
    post("/networks/{slug:slug}/invitations/new", look_at_invitations),
    post("/networks/{slug:slug}/invitations", create_invitations),
]
