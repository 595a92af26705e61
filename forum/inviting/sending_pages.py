"""Inviting people: a list is pasted, shown as it was understood, and sent by a second press alone."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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
from forum.inviting.address_lists import TooManyEntries, read_addresses, written
from forum.inviting.address_queries import MOST_A_DAY, look_up
from forum.inviting.address_tables import columns_left_out
from forum.inviting.draft_commands import forget_rest, keep_rest
from forum.inviting.draft_queries import Draft, find_draft
from forum.inviting.entries import Entry
from forum.inviting.inputs import InvitationForm
from forum.inviting.invitation_commands import Wish, invite
from forum.inviting.left_out import MOST_SHOWN, LeftOut, entries_to_know, sort_left_out
from forum.inviting.sorting import SENT, Invited, Sorted, keys_of, sort_out
from forum.network_reads import Found
from forum.notices import name_all
from forum.policy import may_admit
from forum.rendering import redirect, render_page, spell
from forum.state import state_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import now

DAYS = (7, 14, VALID_DAYS, 60, 90)


@dataclass(frozen=True, slots=True)
class NewInvitationsPage:
    """The form into which a list is pasted: `inviting/new.html`."""

    head: NetworkHead
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    until: Sequence[tuple[str, int, datetime]]
    left_out: Sequence[LeftOut]
    """What was not sent of the list before this one."""
    sent: str
    """Who of it was invited, in a sentence; empty where nobody was."""
    draft: Draft | None
    """What is kept of an earlier list, where the form does not show it."""
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
    asked: Group
    """They wait in the queue, and are members at once."""
    doubtful: Group
    members: Group
    invited: Group
    banned: Group
    twice: Group
    wrong: Group
    later: Group
    skipped: str
    """As a list: those who are members, were invited, are banned or come twice."""
    unread: Sequence[str] = ()
    """The headings of columns that were not read."""
    limit: int = MOST_A_DAY


@dataclass(frozen=True, slots=True)
class SentPage:
    """What was sent, and what was not and why, where nothing is left to be sent: `inviting/sent.html`."""

    head: NetworkHead
    sent: str
    left_out: Sequence[LeftOut]
    typed: Mapping[str, str]
    """The form with those who can still be invited: who was not ticked, and what was no address; empty for nobody."""


async def new_invitations(request: Request) -> Response:
    """The form; by its link with the list that was kept from another day."""
    viewer, found = await open_administered(request)
    async with state_of(request).database.read() as connection:
        draft = await find_draft(connection, viewer, found.network)
    if draft is None or "kept" not in request.query_params:
        return _form(request, viewer, found, {}, {}, draft=draft)
    chosen = {"role": draft.role, "message": draft.message, "days": str(draft.valid_days)}
    return _form(request, viewer, found, {"emails": draft.entries, "kept": "yes", **chosen}, {})


def _form(
    request: Request,
    viewer: Viewer,
    found: Found,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    left_out: Sequence[LeftOut] = (),
    sent: str = "",
    draft: Draft | None = None,
) -> Response:
    moment = now()
    until = [(str(days), days, moment + timedelta(days=days)) for days in DAYS]
    page = NewInvitationsPage(network_head(viewer, found), typed, errors, until, left_out, sent, draft)
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
        if form.act != "edit":
            validate_words(request, InvitationForm, fields)  # asked here, for what is sent in the end comes from here
    except Invalid as error:
        return _form(request, viewer, found, _together(fields), error.errors, 422)
    if form.act == "edit":
        return _form(request, viewer, found, _together(fields), {})
    unread = await asyncio.to_thread(columns_left_out, fields.get("emails", ""))
    return await _preview(request, viewer, found, form, entries, {}, unread=unread)


async def _read(fields: Mapping[str, str]) -> tuple[InvitationForm, list[Entry]]:
    """What was sent, and all entries of it with the mended ones. Raises Invalid."""
    form = validate(InvitationForm, fields)
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
    parts = [fields.get(name, "") for name in ("emails", "doubtful", "later", "wrong", "skipped")]
    kept = {name: fields.get(name, "") for name in ("role", "message", "days", "kept") if name in fields}
    return kept | {"emails": "\n".join(part.strip("\r\n") for part in parts if part.strip())}


async def _preview(
    request: Request,
    viewer: Viewer,
    found: Found,
    form: InvitationForm,
    entries: Sequence[Entry],
    errors: Mapping[str, str],
    status: int = 200,
    unread: Sequence[str] = (),
) -> Response:
    state = state_of(request)
    zone = ZoneInfo(state.settings.time_zone)
    keys = await asyncio.to_thread(keys_of, entries)
    async with state.database.read() as connection:
        known = await look_up(connection, viewer, found.network, keys, state.settings.domains, zone=zone)
    sorted_out = await asyncio.to_thread(sort_out, entries, keys, known)
    page = PreviewPage(
        head=network_head(viewer, found),
        typed={"role": form.role, "message": form.message, "days": form.days, "kept": form.kept},
        key=secrets.token_urlsafe(16),
        errors=errors,
        role=form.role,
        until=now() + timedelta(days=int(form.days)),
        fresh=_group(each for each in sorted_out if each.status == "sent" and not each.warning),
        asked=_group(each for each in sorted_out if each.status == "admitted" and not each.warning),
        doubtful=_group(each for each in sorted_out if each.status in SENT and each.warning),
        members=_group(each for each in sorted_out if each.status == "already_member"),
        invited=_group(each for each in sorted_out if each.status == "already_invited"),
        banned=_group(each for each in sorted_out if each.status == "banned"),
        twice=_group(each for each in sorted_out if each.status == "duplicate"),
        wrong=_group(each for each in sorted_out if each.status == "invalid"),
        later=_group(each for each in sorted_out if each.status == "over_limit"),
        skipped=written([each.entry for each in sorted_out if each.status in _SKIPPED]),
        unread=unread,
    )
    title = f"Look before you invite people to {found.network.name}"
    template, network_id = "inviting/preview.html", found.network.id
    return render_page(request, viewer, template, page, title=title, network_id=network_id, status=status)


_SKIPPED = ("already_member", "already_invited", "banned", "duplicate")


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
    if form.act == "keep" and form.later.strip():
        async with state_of(request).transaction() as tx:
            await keep_rest(tx, viewer, found.network, form, form.later)
        return redirect(request, f"/networks/{found.network.slug}/invitations", notice="invitations-kept")
    if await asyncio.to_thread(_is_mended, form) or not wanted:
        # What was mended has not been seen sorted yet: nothing goes out that nobody looked at.
        return await _preview(request, viewer, found, form, entries, {} if wanted else _NOBODY, 200 if wanted else 422)
    wish = Wish(wanted, form.role, form.message, int(form.days), time_zone=state_of(request).settings.time_zone)
    try:
        key = request_key(request, form, fields.get(KEY_FIELD))
        await limit(request, INVITATIONS, viewer.id)
        async with state_of(request).transaction() as tx:
            outcomes, is_replay = await invite(tx, viewer, found.network.slug, wish, key)
            rest = _rest(form, wanted, outcomes)
            if not is_replay and (rest or form.kept):
                rest = await keep_rest(tx, viewer, found.network, form, rest)
    except AlreadySent as error:
        return await _preview(request, viewer, found, form, entries, {"": str(error)}, 422)
    left_out = await _left_out(request, viewer, found, form, wanted, outcomes)
    return _answer(request, viewer, found, form, rest, outcomes, left_out)


_NOBODY = {"": "There is nobody to invite in this list yet. Mend an address below, or go back to the list."}


def _chosen(form: InvitationForm) -> str:
    return f"{form.emails}\n{form.doubtful}" if form.with_doubtful else form.emails


def _is_mended(form: InvitationForm) -> bool:
    return any(keys_of(read_addresses(form.wrong)))


async def _left_out(
    request: Request,
    viewer: Viewer,
    found: Found,
    form: InvitationForm,
    wanted: Sequence[Entry],
    outcomes: Sequence[Invited],
) -> list[LeftOut]:
    entries = await asyncio.to_thread(entries_to_know, form)
    keys = await asyncio.to_thread(keys_of, entries)
    state = state_of(request)
    zone = ZoneInfo(state.settings.time_zone)
    async with state.database.read() as connection:
        known = await look_up(connection, viewer, found.network, keys, state.settings.domains, zone=zone)
    return await asyncio.to_thread(sort_left_out, form, wanted, outcomes, known)


def _rest(form: InvitationForm, wanted: Sequence[Entry], outcomes: Sequence[Invited]) -> str:
    """What could not be sent, as a list."""
    left = [entry for entry, each in zip(wanted, outcomes, strict=True) if each.status in ("invalid", "over_limit")]
    return "\n".join(filter(None, [written(left), form.later.strip("\r\n")]))


def _answer(
    request: Request,
    viewer: Viewer,
    found: Found,
    form: InvitationForm,
    rest: str,
    outcomes: Sequence[Invited],
    left_out: Sequence[LeftOut],
) -> Response:
    """Lead to the list where everything is on its way; else say what is not, in the form where it can still be sent."""
    count = sum(outcome.status == "sent" for outcome in outcomes)
    admitted = [outcome.address for outcome in outcomes if outcome.status == "admitted"]
    if count and not left_out and not admitted:
        path, is_one = f"/networks/{found.network.slug}/invitations", count == 1
        who = "" if is_one else spell(count, "person", "people")
        return redirect(request, path, notice="invited-one" if is_one else "invited", who=who)
    sent = _told(count, admitted)
    if not rest:
        page = SentPage(network_head(viewer, found), sent, left_out, _again(form))
        title, network_id = f"Invited to {found.network.name}", found.network.id
        return render_page(request, viewer, "inviting/sent.html", page, title=title, network_id=network_id)
    typed = {"role": form.role, "message": form.message, "days": form.days, "emails": rest, "kept": "yes"}
    return _form(request, viewer, found, typed, {}, left_out=left_out, sent=sent)


def _told(count: int, admitted: Sequence[str]) -> str:
    """Who was invited, and who is a member now, for they had asked."""
    told = []
    if count:
        each = "They get a mail of their own." if count == 1 else "Each gets a mail of their own."
        told.append(f"You invited {spell(count, 'person', 'people')}. {each}")
    if admitted:
        told.append(f"Admitted at once, for they had asked to join: {name_all(admitted)}. We have told them by e-mail.")
    return " ".join(told)


def _again(form: InvitationForm) -> dict[str, str]:
    parts = [part.strip("\r\n") for part in ("" if form.with_doubtful else form.doubtful, form.wrong) if part.strip()]
    chosen = {"role": form.role, "message": form.message, "days": form.days}
    return {"emails": "\n".join(parts), **chosen} if parts else {}


async def forget_kept(request: Request) -> Response:
    """Forget the list that was kept."""
    viewer, found = await open_administered(request)
    await read_form(request)
    async with state_of(request).transaction() as tx:
        await forget_rest(tx, viewer, found.network.slug)
    return redirect(request, f"/networks/{found.network.slug}/invitations/new", notice="invitations-forgotten")


ROUTES: list[BaseRoute] = [
    post("/networks/{slug:slug}/invitations/kept/ending", forget_kept),
    get("/networks/{slug:slug}/invitations/new", new_invitations),
    post("/networks/{slug:slug}/invitations/new", look_at_invitations),
    post("/networks/{slug:slug}/invitations", create_invitations),
]
