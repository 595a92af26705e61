"""Which messages belong together: Jamie Zawinski's algorithm, in our own words and code.

The algorithm is described by its author in "message threading", https://www.jwz.org/doc/threading.html,
and was that of Netscape Mail. Messages hang under the last message they refer to; a message that is
referred to but missing is an empty container, taken out again where it joins nothing.

Where we depart from it, and why:
- A subject joins only an answer ("Re: …" in many languages, or words quoted from others), only to a thread of
  the same subject, and only within SUBJECT_DAYS of its last message: "Re: Question" of another year is
  another question. Some archives took every "Re:" away; there another author within BARE_DAYS will do.
- An answer under a wholly new subject begins a thread of its own: people begin something new by answering
  whatever message is open, because that fills in the address.
- An id that is in truth somebody's e-mail address ("In-Reply-To: Ada <ada@example.org>") joins nothing.

Nothing here recurs: a chain of 20,000 answers is no deeper for it than a chain of two.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from forum.imports.headers import split_subject
from forum.imports.mbox import ParsedMessage

SUBJECT_DAYS = 60
"""A subject alone joins an answer to a thread whose last message is at most so many days older."""

BARE_DAYS = 14
"""The same, where an archive took "Re:" away and nothing else shows that it is an answer: days for somebody new in the
thread; half of them for somebody who is in it already, and one for somebody who is alone in it."""

NO_SUBJECT = "(no subject)"
_WORD = re.compile(r"\w+")
_TAG = re.compile(r"^\s*\[([^\[\]]{1,60})\]")
_QUOTES = re.compile(r"^ ?>|^-{2,} ?Original Message|\bwrote:\s*$", re.MULTILINE)
_ENOUGH = 5  # messages, before anything is concluded from what they have in common


@dataclass(frozen=True, slots=True)
class ThreadedMessage:
    """A message in its place: `parent_id` is the message id of the earlier one in this thread that it answers."""

    message: ParsedMessage
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class ImportedThread:
    """A discussion: its title, and its messages by date, none before the one it answers. There is always one."""

    title: str
    messages: tuple[ThreadedMessage, ...]


@dataclass(slots=True, eq=False)
class _Container:
    """A place for a message that is here or only referred to."""

    id: str
    message: ParsedMessage | None = None
    parent: "_Container | None" = None
    children: dict[int, "_Container"] = field(default_factory=dict)


@dataclass(slots=True)
class _Draft:
    """A thread on its way: messages in order with their parents."""

    messages: list[ThreadedMessage]
    last: datetime
    authors: set[str]

    @property
    def first(self) -> ParsedMessage:
        return self.messages[0].message


def build_threads(messages: Iterable[ParsedMessage]) -> list[ImportedThread]:
    """The threads that these messages make, by the date of their first one; of several of one id the first counts."""
    held = _without_tags(_first_of_each(messages))
    drafts = [_draft(members) for root in _roots(_link(held)) for members in _split_new_subjects(root)]
    drafts.sort(key=lambda draft: (draft.first.date, draft.first.number))
    threads = _join_by_subject(drafts, bare=_lost_its_prefixes(held))
    return [ImportedThread(_title(draft), tuple(draft.messages)) for draft in threads]


def _first_of_each(messages: Iterable[ParsedMessage]) -> list[ParsedMessage]:
    held: dict[str, ParsedMessage] = {}
    for message in messages:
        held.setdefault(message.message_id, message)
    return list(held.values())


def _without_tags(messages: list[ParsedMessage]) -> list[ParsedMessage]:
    """The messages without a tag in square brackets that begins a fifth of all subjects: the list's name."""
    tags = Counter(tag.group(1).strip().lower() for tag in (_TAG.match(each.base_subject) for each in messages) if tag)
    usual = frozenset(tag for tag, count in tags.items() if count >= _ENOUGH and count * 5 >= len(messages))
    if not usual:
        return messages
    bare: list[ParsedMessage] = []
    for message in messages:
        base_subject, is_reply = split_subject(message.base_subject, usual)
        bare.append(replace(message, base_subject=base_subject, is_reply=message.is_reply or is_reply))
    return bare


def _lost_its_prefixes(messages: list[ParsedMessage]) -> bool:
    """Whether hardly any message that refers to another says "Re:", as in archives that tidied subjects."""
    answers = [message for message in messages if message.references or message.in_reply_to]
    return len(answers) >= _ENOUGH and sum(message.is_reply for message in answers) * 5 < len(answers)


def _link(messages: list[ParsedMessage]) -> list[_Container]:
    """Every message and every id referred to in its container, linked to its parent; messages in their order."""
    held = [_Container(message.message_id, message) for message in messages]
    table = {container.id: container for container in held}
    addresses = {container.message.author_address for container in held if container.message}
    for container in held:
        ids = _references(container.message, addresses) if container.message else []
        chain = [table.setdefault(name, _Container(name)) for name in ids]
        for parent, child in pairwise(chain):
            # What others say about a message never moves it from where it is.
            if child.parent is None and not _is_above(child, parent):
                _attach(child, parent)
        if chain and not _is_above(container, chain[-1]):
            _attach(container, chain[-1])
    return list(table.values())


def _references(message: ParsedMessage, addresses: set[str]) -> list[str]:
    """The ids that a message refers to, the one it answers last."""
    ids = [name for name in message.references if name != message.message_id and name.lower() not in addresses]
    answered = message.in_reply_to
    if answered and answered != message.message_id and answered.lower() not in addresses and answered not in ids:
        ids.append(answered)
    return ids


def _is_above(container: _Container, other: _Container) -> bool:
    """Whether `container` is `other` or above it, so that hanging it below would close a circle."""
    if container is other:
        return True
    if not container.children:
        return False
    above = other.parent
    while above is not None:
        if above is container:
            return True
        above = above.parent
    return False


def _attach(child: _Container, parent: _Container) -> None:
    if child.parent is not None:
        del child.parent.children[id(child)]
    child.parent = parent
    parent.children[id(child)] = child


def _roots(containers: list[_Container]) -> list[_Container]:
    """The tops of trees. An empty one stays only where it joins several messages that answer the missing one."""
    return [
        container for container in containers if container.parent is None and (container.message or container.children)
    ]


def _split_new_subjects(root: _Container) -> list[list[tuple[ParsedMessage, str | None]]]:
    """A tree's messages with the id each answers, parents first; a new subject begins a list of its own."""
    lists: list[list[tuple[ParsedMessage, str | None]]] = [[]]
    # Container, the nearest message above it, the list it belongs to.
    waiting: list[tuple[_Container, ParsedMessage | None, int]] = [(root, None, 0)]
    while waiting:
        container, above, place = waiting.pop()
        message = container.message
        if message is not None:
            # Where the message that several answer is missing, the first of them stands for it.
            other = above or (lists[place][0][0] if lists[place] else None)
            if other is not None and begins_anew(message, other.base_subject, other.subject):
                lists.append([])
                place, above = len(lists) - 1, None
            lists[place].append((message, above.message_id if above else None))
        waiting.extend((child, message or above, place) for child in reversed(container.children.values()))
    return [members for members in lists if members]


def begins_anew(message: ParsedMessage, base_subject: str, subject: str) -> bool:
    """Whether an answer is none: no "Re:", and hardly a word of the subject it would answer."""
    if message.is_reply or not message.base_subject:
        return False
    if subject_key(base_subject) in subject_key(message.subject):
        return False
    words, others = _words(message.subject), _words(subject)
    return bool(words and others) and len(words & others) * 2 < min(len(words), len(others))


def _words(subject: str) -> set[str]:
    return {word for word in _WORD.findall(subject.casefold()) if len(word) > 2}


def subject_key(base_subject: str) -> str:
    """A subject as it is compared: case, spaces, punctuation and tags in square brackets do not count."""
    without_tags = re.sub(r"^(?:\s*\[[^\[\]]*\])+\s*(?=\S)", "", base_subject)
    key = " ".join(_WORD.findall(without_tags.casefold()))
    return "" if key in {"no subject", "none", "untitled", "kein betreff", "sans objet"} else key


def _draft(members: list[tuple[ParsedMessage, str | None]]) -> _Draft:
    """Messages by date, but none before the one it answers, whatever their clocks said; `members` has parents first."""
    moments: dict[str, datetime] = {}
    depths: dict[str, int] = {}
    for message, parent_id in members:
        after = moments.get(parent_id) if parent_id else None
        moments[message.message_id] = max(message.date, after) if after else message.date
        depths[message.message_id] = depths.get(parent_id, 0) + 1 if parent_id else 0

    def place(member: tuple[ParsedMessage, str | None]) -> tuple[datetime, int, int]:
        name = member[0].message_id
        return moments[name], depths[name], member[0].number

    ordered = sorted(members, key=place)
    authors = {message.author_address for message, _ in members}
    return _Draft([ThreadedMessage(*member) for member in ordered], max(moments.values()), authors)


def _join_by_subject(drafts: list[_Draft], *, bare: bool) -> list[_Draft]:
    """Threads that begin with an answer hung behind the last thread of that subject, if it is recent."""
    joined: list[_Draft] = []
    latest: dict[str, _Draft] = {}
    grown: set[int] = set()
    for draft in drafts:
        key = subject_key(draft.first.base_subject)
        known = latest.get(key) if key else None
        if known and _answers_subject(draft.first, known, bare=bare):
            known.messages.extend(draft.messages)
            known.last = max(known.last, draft.last)
            known.authors |= draft.authors
            grown.add(id(known))
            continue
        joined.append(draft)
        if key:
            latest[key] = draft
    return [_in_order(draft) if id(draft) in grown else draft for draft in joined]


def _answers_subject(message: ParsedMessage, known: _Draft, *, bare: bool) -> bool:
    """Whether a message of the same subject as a thread, but without a reference, answers in it."""
    since = message.date - known.last
    if since > timedelta(days=SUBJECT_DAYS):
        return False
    if message.is_reply or _QUOTES.search(message.body):
        return True
    # "Help" is everybody's subject.
    if not bare or len(_words(message.base_subject)) < 2:
        return False
    if message.author_address not in known.authors:
        return since <= timedelta(days=BARE_DAYS)
    # Somebody who says more in a discussion, against somebody who announces the same again.
    return since <= timedelta(days=BARE_DAYS / 2 if len(known.authors) > 1 else 1)


def _in_order(draft: _Draft) -> _Draft:
    return _draft([(member.message, member.parent_id) for member in draft.messages])


def _title(draft: _Draft) -> str:
    for member in draft.messages:
        if member.message.base_subject:
            return member.message.base_subject
    return NO_SUBJECT
