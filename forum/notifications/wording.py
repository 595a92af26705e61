"""What a line says and where it leads; and how lines of one thread become one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from forum.acts.sentences import said_to_you
from forum.notices import name_all
from forum.notification_kinds import NotificationKind
from forum.notifications.records import ABOUT_ACTS, ABOUT_THREADS, Line
from forum.rendering import moment_words

A_NETWORK = "a network"
_STRONGEST: tuple[NotificationKind, ...] = ("post.answered", "post.mentioned", "post.watched", "thread.begun")
_IN_THREAD: dict[str, str] = {
    "post.answered": "answered you in",
    "post.mentioned": "mentioned you in",
    "post.watched": "wrote in",
    "thread.begun": "began",
}
_SENTENCES: dict[NotificationKind, str] = {
    "membership.admitted": "You are now a member of {network}",
    "membership.refused": "Your request to join {network} was refused",
    "membership.ended": "You no longer belong to {network}",
    "membership.returned": "Your removal from {network} was undone: you are a member again",
    "role.changed": "You have another role in {network}",
    "thread.widened": "More people can read a thread of {network} than before: it was moved",
    "thread.narrowed": "A thread of {network} was moved back: it is read by no more people than before",
    "thread.arrived": "{who} moved a thread into {network}",
    "act.concerns_me": "A moderator of {network} has acted on something of yours",
    "exclusion.ended": "You are no longer kept out of {network}",
    "act.undone": "What a moderator of {network} had done was undone",
    "act.reversed": "What you did as a moderator of {network} was undone by somebody else",
    "act.moved": "{who} moved a thread out of {network}",
    "appeal.granted": "An appeal in {network} was granted, and waits for you to take back what was done",
    "appeal.made": "An appeal waits for an answer in {network}",
    "appeal.answered": "Your appeal in {network} is answered",
    "report.made": "Something was reported in {network}",
    "report.stuck": "A report in {network} waits for you: nobody there can decide it",
    "report.answered": "What you reported in {network} is answered",
    "report.undone": "What was done about your report in {network} was taken back",
    "quotation.hidden": "A post in {network} is hidden: it quotes what was hidden as patient data",
    "quotation.erased": "A quotation in {network} is erased for good, with what it quoted",
    "post.erased": "The words of a post in {network} are erased for good",
    "post.held": "A post waits for a moderator in {network}",
    "post.approved": "Your post in {network} is up",
    "post.rejected": "Your post in {network} was not accepted",
    "request.made": "{who} asks to join {network}",
    "announcement.made": "{who} has announced something to all members of {network}",
    "network.changed": "Who can see {network} has changed",
    "network.archived": "{network} is archived: it can be read, and nobody adds to it any more",
    "network.reopened": "{network} is no longer archived: you can write in it again",
    "network.deleting": "{network} will be deleted in two weeks, unless an administrator keeps it",
    "network.kept": "{network} is not deleted after all",
    "glass.broken": "An administrator of the site can read {network} for a time",
    "document.free": "A document that you waited for in {network} is free",
    "document.taken": "{who} ended your work on a document in {network}",
    "document.erased": "A document in {network} is erased for good",
    "document.infected": "A virus was found in a document that you shared in {network}: nobody can open it",
    "file.infected": "A virus was found in a file that you added in {network}: nobody can open it",
    "virus.found": "A virus was found in a file in {network}: nobody can open it",
    "card.due": "A card in {network} is to be looked at again: is it still right?",
    "card.changed": "{who} changed a card that you look after in {network}",
    "card.used": "{who} says of a card that you look after in {network}: we use this too",
    "card.removed": "{who} removed a card that you look after in {network}",
    "card.withheld": "A card in {network} waits for a moderator: what it was made of was hidden or erased",
    "review.asked": "Do you still need {network}? Its administrators ask",
}
_NAMED: dict[NotificationKind, str] = {
    "document.free": "“{thing}” in {network}, which you waited for, is free",
    "document.taken": "{who} ended your work on “{thing}” in {network}",
    "document.infected": "A virus was found in “{thing}”, which you shared in {network}: nobody can open it",
    "card.due": "The card “{thing}” in {network} is to be looked at again: is it still right?",
    "card.changed": "{who} changed “{thing}”, a card that you look after in {network}",
    "card.used": "{who} says of “{thing}”, a card that you look after in {network}: we use this too",
    "card.withheld": "The card “{thing}” in {network} waits for a moderator: what it was made of was hidden or erased",
}
"""The same, where the reader may know what the document or the card is called."""
_OVER: dict[NotificationKind, str] = {
    "act.moved": "A thread was moved out of {network}, and back again",
    "thread.arrived": "A thread was moved into {network}, and is no longer there",
}
"""The same, where that is over."""
_PLACES: dict[NotificationKind, str] = {
    "request.made": "/requests",
    "network.changed": "/about",
    "glass.broken": "/log",
    "virus.found": "/log",
    "report.made": "/reports",
    "post.held": "/held",
    "card.withheld": "/knowledge?show=review",
}
"""Where in the network a line leads; to its first page where nothing stands here."""
_ABOUT_OWN_WORDS = ("post.approved", "post.rejected")
"""They lead to what one wrote: why it was turned down stands there, and from there one gets on to a post."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the page: one thing, or all that is new in one thread."""

    id: str
    sentence: str
    path: str
    """Empty where there is nowhere to go any more."""
    excerpt: str
    network_name: str
    at: datetime
    is_unread: bool
    count: int
    actor: str
    actor_id: str
    accent: str


def thread_groups(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines in their order, where those of one thread that are read alike come together."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        key = f"{line.thread_id}{line.read_at is None}" if line.thread_id else line.id
        groups.setdefault(key, []).append(line)
    return list(groups.values())


def grouped(lines: Sequence[Line]) -> list[Entry]:
    """The lines, newest first, where those of one thread that are read alike are one."""
    return [_entry(group) for group in thread_groups(lines)]


def _entry(group: Sequence[Line]) -> Entry:
    newest = group[0]
    return Entry(
        id=newest.id,
        sentence=sentence_of(group),
        path=path_of(group),
        excerpt=(newest.excerpt or newest.why or "") if len(group) == 1 else "",
        network_name=newest.network_name or "",
        at=newest.created_at,
        is_unread=newest.read_at is None,
        count=len({line.number for line in group}) if newest.thread_id else 1,
        actor=newest.actor or "",
        actor_id=newest.actor_id or "",
        accent=newest.accent or "teal",
    )


def sentence_of(group: Sequence[Line]) -> str:
    """What these lines of one thread say, or this one line. Newest first."""
    line = group[0]
    which = f" ({line.where})" if line.where else ""
    if line.act_kind is not None:
        done = said_to_you(line.act_kind)
        return f"{line.network_name or A_NETWORK.capitalize()}: {done[0].lower()}{done[1:]}{which}"
    if line.title is None:
        who = line.actor or "Somebody"
        said = _SENTENCES.get(line.kind, "Something has changed in {network}")
        if line.thing is not None:
            said = _NAMED.get(line.kind, said)
        if line.is_over:
            said = _OVER.get(line.kind, said)
        network = line.network_name or (A_NETWORK.capitalize() if said.startswith("{network}") else A_NETWORK)
        return said.format(network=network, who=who, thing=line.thing) + which
    kind, names, others = _who_did_what(group)
    return f"{names} {_IN_THREAD[kind]} “{line.title}”{others}"


def _who_did_what(group: Sequence[Line]) -> tuple[NotificationKind, str, str]:
    """Of lines of one thread, the one thing that matters most, who did that, and, of all others, that they wrote."""
    kind = min((each.kind for each in group), key=_STRONGEST.index)
    names = list(dict.fromkeys(each.actor or "Somebody" for each in group if each.kind == kind))
    others = [name for name in dict.fromkeys(each.actor or "Somebody" for each in group) if name not in names]
    return kind, name_all(names), f", and {name_all(others)} wrote there, too" if others else ""


def plain_sentence_of(group: Sequence[Line]) -> str:
    """The same for a mail that may carry no words, not even a title: who, and in which network."""
    line = group[0]
    if line.title is None:
        return sentence_of([replace(line, thing=None, where=None)])
    kind, names, others = _who_did_what(group)
    verb = "began a thread in" if kind == "thread.begun" else _IN_THREAD[kind]
    return f"{names} {verb} {line.network_name or A_NETWORK}{others}"


def which_of(group: Sequence[Line], zone: ZoneInfo) -> str:
    """Which post a line is about, and of when, as numbers alone: those tell nobody what is in it. Oldest first."""
    numbers = sorted({each.number for each in group if each.number is not None})
    moment = moment_words(group[0].created_at, zone)
    if not numbers:
        return moment
    return f"post {numbers[0]:,}, {moment}" if len(numbers) == 1 else f"posts from {numbers[0]:,} on, {moment}"


def path_of(group: Sequence[Line]) -> str:
    """Where it leads: to the first of what is new in a thread, else to the page of what it is about."""
    line = group[-1]
    if line.thread_id is not None:
        number = min(each.number or 1 for each in group)
        return f"/threads/{line.thread_id}?at={number}#post-{number}"
    if line.kind in ABOUT_ACTS:
        return f"/acts/{line.object_id}"
    if line.kind in ABOUT_THREADS:
        return f"/threads/{line.object_id}" if line.where else ""
    if line.kind == "quotation.erased":
        return f"/posts/{line.object_id}"
    if line.kind == "review.asked":
        return f"/access/{line.object_id}"
    if line.kind in ("document.free", "document.taken", "document.erased", "document.infected"):
        return f"/documents/{line.object_id}"
    if line.kind == "file.infected":
        return f"/files/{line.object_id}"
    if line.kind in ("card.due", "card.changed", "card.used", "card.removed"):
        return f"/cards/{line.object_id}"
    if line.kind == "report.stuck":
        return f"/site/reports/{line.object_id}"
    if line.kind in ("report.answered", "report.undone"):
        return "/reports"
    if line.kind in _ABOUT_OWN_WORDS:
        return f"/held/{line.object_id}"
    return f"/networks/{line.slug}{_PLACES.get(line.kind, '')}" if line.slug else ""
