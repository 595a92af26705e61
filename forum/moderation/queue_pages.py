"""The queue of a network: what is reported, who looks into it, and what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from forum.addresses import get, post
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.forms import read_form
from forum.fronts import NetworkHead, network_head
from forum.moderation.act_queries import list_appeals
from forum.moderation.asking import limit_acts, open_moderated
from forum.moderation.commands import decide_case, take_case
from forum.moderation.inputs import RULES, CaseList, Decision
from forum.moderation.queries import (
    EarlierAct,
    get_case,
    list_around,
    list_cases,
    list_record,
    list_reports,
)
from forum.moderation.quieting_pages import HOURS
from forum.moderation.quieting_queries import QuietMember, find_member
from forum.moderation.records import Around, Case, Report, ShownAct
from forum.moderation.wording import said_in_a_list
from forum.network_reads import Found
from forum.policy import may_quieten
from forum.rendering import RULES as RULE_WORDS
from forum.rendering import redirect, render_page
from forum.state import state_of
from forum.viewer import Viewer
from forum.warning import validate_words
from ground.columns import now

PAGE_SIZE = 20
RULE_CHOICES = tuple((rule, RULE_WORDS[rule].capitalize()) for rule in RULES)
PATIENT_DATA = tuple(choice for choice in RULE_CHOICES if choice[0] == "patient_data")
"""What can be said of a post that is out of sight already."""
DECISIONS = (
    ("agree", "Agree", "Something is wrong here. Choose below what is to be done."),
    ("disagree", "Disagree", "Nothing is wrong here; it stays as it is."),
    ("ignore", "Ignore", "This is no report that one needs to answer, such as a slip or a quarrel."),
)
POST_ACTS = (
    ("hide", "Hide the post", "A stub that names the rule stays. You can undo this."),
    ("remove", "Remove the post", "A stub with your reason stays, for everybody to read. You can undo this."),
    ("warn", "Warn its author", "The post stays. They read your words, and it stands in their record."),
    ("none", "Nothing more", "It was dealt with otherwise, for instance by talking."),
)
DOCUMENT_ACTS = (
    ("withdraw", "Withdraw the document", "It leaves the library. You can undo this for 30 days; then it is deleted."),
    ("warn", "Warn who shared it", "The document stays. They read your words, and it stands in their record."),
    ("none", "Nothing more", "It was dealt with otherwise, for instance by talking."),
)
CARD_ACTS = (
    ("remove_card", "Remove the card", "Nobody finds it any more. You can undo this for 30 days; then it is deleted."),
    ("warn", "Warn who looks after it", "The card stays. They read your words, and it stands in their record."),
    ("none", "Nothing more", "It was dealt with otherwise, for instance by talking."),
)
PERSON_ACTS = (
    ("warn", "Warn them", "They read your words, and it stands in their record."),
    ("silence", "Silence them for a time", "They read, and don’t write. It ends by itself."),
    ("hold", "Have their posts wait", "A moderator reads what they write before others do."),
    ("expel", "Remove them", "They lose access at once, and may ask again. What they held here is yours then."),
    ("ban", "Remove them for good", "The same, and they can’t ask again."),
    ("none", "Nothing more", "It was dealt with otherwise, for instance by talking."),
)
NOTHING_MORE = (
    ("none", "Nothing in the network", "What you do about it, you do as who looks after the site: suspend, or erase."),
)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What waits for this moderator, or what was decided: `moderation/queue.html`."""

    head: NetworkHead
    show: str
    cases: Sequence[Case]
    appeals: Sequence[tuple[ShownAct, str]]
    """Each with what it is against."""
    at: datetime
    me: str
    first: str
    later: str


async def list_queue(request: Request) -> Response:
    """What is reported in the network, longest first, each post or person once; and appeals."""
    viewer, found = await open_moderated(request)
    show = "decided" if request.query_params.get("show") == "decided" else "waiting"
    after = request.query_params.get("after", "")[:200]
    asked = CaseList(show="decided" if show == "decided" else "waiting", limit=PAGE_SIZE, after=after)
    async with state_of(request).database.read() as connection:
        part = await list_cases(connection, viewer, found.network.id, asked)
        appeals = await list_appeals(connection, viewer, found.network.id) if show == "waiting" and not after else ()
    path = f"/networks/{found.network.slug}/reports"
    query = "?show=decided" if show == "decided" else ""
    page = QueuePage(
        head=network_head(viewer, found),
        show=show,
        cases=part.items,
        appeals=[(act, said_in_a_list(act)) for act in appeals],
        at=now(),
        me=viewer.id,
        first=f"{path}{query}" if after else "",
        later=f"{path}{query or '?show=waiting'}&after={part.next}" if part.next else "",
    )
    title = f"Reports in {found.network.name}"
    return render_page(request, viewer, "moderation/queue.html", page, title=title, network_id=found.network.id)


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case with all that it takes to decide it: `moderation/case.html`."""

    queue: str
    """The address of the list that it stands in."""
    queue_name: str
    is_inside: bool
    """The viewer moderates the network; otherwise they look after the site, and decide from outside."""
    case: Case
    reports: Sequence[Report]
    around: Sequence[Around]
    record: Sequence[EarlierAct]
    taken_from: str
    """Who looks into it, where that is somebody else."""
    is_mine: bool
    decisions: Sequence[tuple[str, str, str]]
    acts: Sequence[tuple[str, str, str]]
    hours: Sequence[tuple[str, str]]
    """How long a silence may last, where one is among the acts."""
    silenced_until: datetime | None
    """How long they are silenced already."""
    rules: Sequence[tuple[str, str]]
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    refusal: str

    @property
    def path(self) -> str:
        """Its address."""
        return f"{self.queue if self.is_inside else '/site/reports'}/{self.case.id}"


async def show_case(request: Request) -> Response:
    """What was reported, what stands around it, and what was done about the person before."""
    viewer, found = await open_moderated(request)
    await _case_here(request, viewer, found)
    return await render_case(request, viewer, found, {})


async def render_case(
    request: Request,
    viewer: Viewer,
    found: Found | None,
    typed: Mapping[str, str],
    error: Invalid | Conflict | Forbidden | None = None,
) -> Response:
    """The page of the case of the address; `found` is its network, None for who decides from outside."""
    async with state_of(request).database.read() as connection:
        case = await get_case(connection, viewer, request.path_params["case_id"])
        reports = await list_reports(connection, viewer, case)
        around = await list_around(connection, viewer, case)
        record = await list_record(connection, viewer, case.network_id, case.person.id)
        member = await find_member(connection, viewer, case.network_id, case.person.id)
    moment = now()
    other = case.taken_from(viewer.id, moment)
    offered = _offered(viewer, case, member) if found else NOTHING_MORE
    may_silence = "silence" in {each[0] for each in offered}
    page = CasePage(
        queue=f"/networks/{found.network.slug}/reports" if found else "/site/appeals",
        queue_name=f"Reports in {found.network.name}" if found else "Appeals and reports",
        is_inside=found is not None,
        case=case,
        reports=reports,
        around=around,
        record=record,
        taken_from=other.name if other else "",
        is_mine=case.taken_by is not None and other is None and (case.taken_until or moment) > moment,
        decisions=DECISIONS,
        acts=offered,
        hours=HOURS if may_silence else (),
        silenced_until=member.silenced_until if member and may_silence else None,
        rules=RULE_CHOICES,
        typed={"hours": "24", "rule": _likely_rule(case), "decision": "", "act": "", **typed},
        errors=dict(error.errors) if isinstance(error, Invalid) else {},
        refusal=str(error) if error is not None and not isinstance(error, Invalid) else "",
    )
    status = {Invalid: 422, Conflict: 409, Forbidden: 403}[type(error)] if error is not None else 200
    title, network_id = f"A report about {case.person.name}", found.network.id if found else ""
    return render_page(request, viewer, "moderation/case.html", page, title=title, network_id=network_id, status=status)


def _likely_rule(case: Case) -> str:
    """Patient data first, however few say so: what is hidden for it is hidden with more, and erased in time."""
    reported = [rule for rule, _ in case.rules]
    return next((rule for rule in ("patient_data", "personal_data", *reported) if rule in reported), "")


def _offered(viewer: Viewer, case: Case, member: QuietMember | None) -> Sequence[tuple[str, str, str]]:
    things = ((case.post_id, POST_ACTS), (case.document_id, DOCUMENT_ACTS), (case.card_id, CARD_ACTS))
    offered: Sequence[tuple[str, str, str]] = next((acts for thing, acts in things if thing is not None), ())
    if case.elsewhere_id is not None and not viewer.has_role(case.elsewhere_id, "moderator"):
        offered = [each for each in offered if each[0] not in ("hide", "remove")]
    return offered if offered and not case.is_gone else _person_acts(viewer, case, member)


def _person_acts(viewer: Viewer, case: Case, member: QuietMember | None) -> Sequence[tuple[str, str, str]]:
    """What this viewer may do about somebody; None: they are no member."""
    barred: set[str] = set()
    if member is None or not may_quieten(viewer, case.network_id, case.person.id, member.role):
        barred |= {"silence", "hold"}
    if member is None or not viewer.has_role(case.network_id, "administrator"):
        barred |= {"expel", "ban"}
    return [each for each in PERSON_ACTS if each[0] not in barred]


async def _case_here(request: Request, viewer: Viewer, found: Found) -> Case:
    """The case of the address. Raises NotFound where it is not of this network."""
    async with state_of(request).database.read() as connection:
        case = await get_case(connection, viewer, request.path_params["case_id"])
    if case.network_id != found.network.id:
        raise NotFound
    return case


async def update_lease(request: Request) -> Response:
    """Look into it, so that nobody else does for half an hour; or no longer."""
    viewer, found = await open_moderated(request)
    taken = (await read_form(request)).get("taken") != "no"
    case = await _case_here(request, viewer, found)
    try:
        async with state_of(request).transaction() as tx:
            await take_case(tx, viewer, case.id, taken=taken)
    except Conflict as error:
        return await render_case(request, viewer, found, {}, error)
    path = f"/networks/{found.network.slug}/reports"
    if taken:
        return redirect(request, f"{path}/{case.id}", notice="case-taken")
    return redirect(request, path, notice="case-released")


def read_decision(request: Request, fields: Mapping[str, str]) -> Decision:
    """What the form says; of what is asked of who agrees nothing where they don't. Raises Invalid."""
    wanted = {name: value for name, value in fields.items() if name in Decision.model_fields}
    if wanted.get("decision") != "agree":
        wanted |= {"act": "none", "rule": "", "reason": "", "title": "", "keep_title": ""}
    elif "act" not in wanted:
        raise Invalid({"act": "Choose what is to be done."})
    return validate_words(request, Decision, wanted)


async def create_decision(request: Request) -> Response:
    """Decide, then back to what still waits; where somebody else was first, the case as it stands now."""
    viewer, found = await open_moderated(request)
    fields = await read_form(request)
    case = await _case_here(request, viewer, found)
    try:
        value = read_decision(request, fields)
        await limit_acts(request, viewer)
        async with state_of(request).transaction() as tx:
            await decide_case(tx, viewer, case.id, value)
    except (Invalid, Conflict, Forbidden) as error:
        return await render_case(request, viewer, found, fields, error)
    return redirect(request, f"/networks/{found.network.slug}/reports", notice="report-answered")


ROUTES: list[BaseRoute] = [
    get("/networks/{slug:slug}/reports", list_queue),
    get("/networks/{slug:slug}/reports/{case_id:id}", show_case),
    post("/networks/{slug:slug}/reports/{case_id:id}/lease", update_lease),
    post("/networks/{slug:slug}/reports/{case_id:id}/decision", create_decision),
]
