"""What the worker does for this slice: it follows what happens, and writes the mails that tell it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from forum.mailing import Letter, LetterWriter
from forum.notifications.following_commands import follow_networks
from forum.notifications.mail_commands import LETTER, follow_due_mail
from forum.notifications.mail_queries import find_reader, list_lines_to_mail
from forum.notifications.records import Line
from forum.notifications.wording import A_NETWORK, path_of, plain_sentence_of, sentence_of, thread_groups, which_of
from forum.rendering import spell
from forum.state import State
from forum.stopping import stop_link
from forum.tables import notifications
from forum.tasks import Chore, Doer, Follower
from ground.columns import now
from realtime.transaction import Transaction

LINES_KEPT = timedelta(days=365)
MOST_WORDS = 1500
POSTS_OF_A_THREAD = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One thing in a mail: a sentence, where it leads, and the words where they may be mailed."""

    sentence: str
    which: str
    """Which post, and of when, where a mail may carry no words that tell; else empty."""
    link: str
    posts: Sequence[tuple[str, str]]
    """Who wrote, and what."""
    more: int
    """Posts that are not shown."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a mail tells of one network."""

    name: str
    is_closed: bool
    entries: Sequence[Told]
    stop_link: str


async def write_notifications(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To somebody: what they have not read of what this mail took. Of closed networks who wrote and where, no words."""
    reader = await find_reader(tx.connection, reference["account_id"])
    if reader is None:
        return None
    lines = await list_lines_to_mail(tx.connection, reader.id, reference["mail_id"])
    if not lines:
        return None
    by_network: dict[str | None, list[Line]] = {}
    for line in lines:
        by_network.setdefault(line.network_id, []).append(line)
    sections = [_section(state, reader.id, network_id, each) for network_id, each in by_network.items()]
    only = next(iter(by_network)) if len(by_network) == 1 else None
    stopping = stop_link(state, reader.id, only)
    context = {
        "sections": sections,
        "settings_link": f"{state.settings.public_url}/settings/notifications",
        "list_link": f"{state.settings.public_url}/notifications",
        "stop_link": stopping,
    }
    subject = _subject(state, sections)
    return Letter(reader.email, reader.name, subject, "notifications", context, stopping)


def _subject(state: State, sections: Sequence[Section]) -> str:
    count = sum(len(section.entries) for section in sections)
    if count == 1:
        return sections[0].entries[0].sentence
    where = sections[0].name if len(sections) == 1 else f"{len(sections)} networks on {state.settings.site_name}"
    return f"{spell(count, 'thing', 'things').capitalize()} you have not read in {where}"


def _section(state: State, account_id: str, network_id: str | None, lines: Sequence[Line]) -> Section:
    groups = thread_groups(lines)
    said = Counter(_sentence(group) for group in groups)
    entries = [_told(state, group, is_only=said[_sentence(group)] == 1) for group in groups]
    name = lines[0].network_name or A_NETWORK
    is_closed = any(line.may_be_mailed is not None and not line.may_be_mailed for line in lines)
    return Section(name, is_closed, entries, stop_link(state, account_id, network_id))


def _sentence(group: Sequence[Line]) -> str:
    return sentence_of(group) if group[0].may_be_mailed else plain_sentence_of(group)


def _told(state: State, group: Sequence[Line], *, is_only: bool) -> Told:
    """Several lines of one thread, oldest first, or one line. `is_only`: no other says the same."""
    line = group[0]
    if not line.may_be_mailed:
        is_clear = line.number is None and is_only
        which = "" if is_clear else which_of(group, ZoneInfo(state.settings.time_zone))
        return Told(plain_sentence_of(group), which, _link(state, line), (), 0)
    shown = {each.number: each for each in group if each.body}
    posts = [(each.actor or "", _shortened(each.body or "")) for each in list(shown.values())[:POSTS_OF_A_THREAD]]
    return Told(sentence_of(group[::-1]), "", _link(state, line), posts, len(shown) - len(posts))


def _link(state: State, line: Line) -> str:
    """To the oldest of what is unread, or to the post that it is about; else to the list, where it is said what became
    of it."""
    url = state.settings.public_url
    if line.thread_id is not None:
        return f"{url}/threads/{line.thread_id}?at={line.number}#post-{line.number}"
    if line.kind in ("post.approved", "post.rejected", "post.erased"):
        return f"{url}{path_of([line])}"
    return f"{url}/notifications"


def _shortened(body: str) -> str:
    return body if len(body) <= MOST_WORDS else f"{body[:MOST_WORDS].rsplit(None, 1)[0]} …"


async def forget_old_lines(state: State) -> None:
    """Lines are kept for a year."""
    async with state.database.write() as connection:
        await connection.execute(delete(notifications).where(notifications.c.created_at < now() - LINES_KEPT))


LETTERS: Mapping[str, LetterWriter] = {LETTER: write_notifications}
TASKS: Mapping[str, Doer] = {}
CHORES: Sequence[Chore] = (forget_old_lines,)
FOLLOWERS: Sequence[Follower] = (follow_networks, follow_due_mail)
