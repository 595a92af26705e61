"""Reports, cases and acts as the API shows them."""

from datetime import datetime
from typing import Literal

from forum.moderation.records import Case, OwnReport, Report, ShownAct
from forum.records import ActKind, Person, Rule
from ground.answers import Answer
from ground.columns import moment_text

State = Literal["waiting", "agreed", "disagreed", "ignored"]


class ApiSomebody(Answer):
    """A person."""

    id: str
    name: str


class ApiReport(Answer):
    """One's own report, and what came of it. Of what one may no longer read nothing but the report is told.

    `version_number`: which version of a document was looked at.
    `undone_at`: when what was done about it was taken back, after all.
    `receipt` is the address of the page for whoever has no account; it is told once, when the report is made.
    """

    id: str
    rule: Rule
    words: str
    created_at: str
    state: State
    answer: str
    decided_at: str | None
    undone_at: str | None
    post_id: str | None
    document_id: str | None
    version_number: int | None
    card_id: str | None
    receipt: str | None


class ApiReports(Answer):
    """A part of a list of one's own reports, newest first."""

    items: list[ApiReport]
    next: str | None
    as_of: dict[str, list[str | int]]


class ApiCaseReport(Answer):
    """What one person said; null is somebody without an account, or Confer itself."""

    reporter: ApiSomebody | None
    rule: Rule
    words: str
    created_at: str
    version_number: int | None


class ApiCase(Answer):
    """A post, a document, a card or a person, however many have reported it.

    `post_edited_at`: when the post was last changed, where that was after it was first reported.
    """

    id: str
    network_id: str
    post_id: str | None
    post_edited_at: str | None
    document_id: str | None
    card_id: str | None
    account: ApiSomebody
    opened_at: str
    report_count: int
    rules: dict[str, int]
    state: State
    taken_by: ApiSomebody | None
    taken_until: str | None
    answer: str
    decided_by: ApiSomebody | None
    decided_at: str | None
    act_id: str | None
    version: int


class ApiWholeCase(ApiCase):
    """The same with what was said."""

    reports: list[ApiCaseReport]


class ApiCases(Answer):
    """A part of a list of cases: waiting ones oldest first, decided ones newest first.

    `waiting_count` is how many wait for the caller: those about somebody who moderates are for administrators alone, so
    `reports.changed` tells no number.
    """

    items: list[ApiCase]
    next: str | None
    waiting_count: int
    as_of: dict[str, list[str | int]]


class ApiAppeal(Answer):
    """What was written against an act, and what was answered; `outcome` is empty while it waits."""

    words: str
    at: str
    outcome: Literal["", "upheld", "overturned", "granted"]
    answer: str
    decided_at: str | None


class ApiAct(Answer):
    """What a moderator did. `by` is told to moderators alone; the words of the post to its author and to them.

    Whoever judges an appeal without reading the network sees neither the words nor the reason. `quotation_count`: how
    many posts were hidden because they quote this one, and come back with it (at most 100 are counted); for moderators.
    `title_before` and `title_after`: of a thread that was retitled, or whose title is hidden with its first post (for
    moderators). `moved_to`: the network to which one was moved, by
    name where the caller may know of it. `network_id` is null where they may not know of the network.
    """

    id: str
    network_id: str | None
    kind: ActKind
    rule: str
    reason: str
    at: str
    until: str | None
    account: ApiSomebody | None
    by: ApiSomebody | None
    post_id: str | None
    thread_id: str | None
    document_id: str | None
    card_id: str | None
    html: str
    undone_at: str | None
    undo_reason: str
    quotation_count: int
    title_before: str
    title_after: str
    moved_to: str
    appeal: ApiAppeal | None
    version: int


class ApiHiding(Answer):
    """How many posts were hidden."""

    hidden: int


class ApiErasure(Answer):
    """Whether anything was left to erase."""

    erased: bool


def _somebody(person: Person | None) -> dict[str, object] | None:
    return {"id": person.id, "name": person.name} if person else None


def _moment(moment: datetime | None) -> str | None:
    return moment_text(moment) if moment else None


def api_report(report: OwnReport, receipt: str | None = None) -> dict[str, object]:
    """A report for whoever made it."""
    return {
        "id": report.id,
        "rule": report.rule,
        "words": report.words,
        "created_at": moment_text(report.created_at),
        "state": report.outcome or "waiting",
        "answer": report.answer,
        "decided_at": _moment(report.decided_at),
        "undone_at": _moment(report.undone_at),
        "post_id": report.post_id,
        "document_id": report.document_id,
        "version_number": report.version_number,
        "card_id": report.card_id,
        "receipt": receipt,
    }


def api_case(case: Case, at: datetime) -> dict[str, object]:
    """A case for those who decide. `at`: the moment at which it is asked whether somebody has it."""
    taken = case.taken_by if case.taken_until is not None and case.taken_until > at else None
    return {
        "id": case.id,
        "network_id": case.network_id,
        "post_id": case.post_id,
        "post_edited_at": _moment(case.edited_at),
        "document_id": case.document_id,
        "card_id": case.card_id,
        "account": _somebody(case.person),
        "opened_at": moment_text(case.opened_at),
        "report_count": case.report_count,
        "rules": dict(case.rules),
        "state": case.outcome or "waiting",
        "taken_by": _somebody(taken),
        "taken_until": _moment(case.taken_until) if taken else None,
        "answer": case.answer,
        "decided_by": _somebody(case.decided_by),
        "decided_at": _moment(case.decided_at),
        "act_id": case.act_id,
        "version": case.version,
    }


def api_case_report(report: Report) -> dict[str, object]:
    """What one person said, for those who decide."""
    return {
        "reporter": _somebody(report.reporter),
        "rule": report.rule,
        "words": report.words,
        "created_at": moment_text(report.created_at),
        "version_number": report.version_number,
    }


def api_act(act: ShownAct) -> dict[str, object]:
    """An act as this viewer may see it."""
    appeal = None
    if act.appealed_at is not None:
        appeal = {
            "words": act.appeal,
            "at": moment_text(act.appealed_at),
            "outcome": act.appeal_outcome,
            "answer": act.appeal_answer,
            "decided_at": _moment(act.appeal_decided_at),
        }
    return {
        "id": act.id,
        "network_id": act.network_id if act.network else None,
        "kind": act.kind,
        "rule": act.rule,
        "reason": act.reason,
        "at": moment_text(act.at),
        "until": _moment(act.until),
        "account": _somebody(act.person),
        "by": _somebody(act.by),
        "post_id": act.post_id,
        "thread_id": act.thread_id,
        "document_id": act.document_id,
        "card_id": act.card_id,
        "html": act.html,
        "undone_at": _moment(act.undone_at),
        "undo_reason": act.undo_reason,
        "quotation_count": act.quotation_count,
        "title_before": act.title_before,
        "title_after": act.title_after,
        "moved_to": act.place,
        "appeal": appeal,
        "version": act.version,
    }
