"""Letters to a member: they are silenced for a time, what they write waits for a moderator, or one turned it down."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from forum.mailing import Letter, LetterWriter
from forum.moderation.quieting_queries import find_quiet_act, find_rejection
from forum.rendering import moment_words
from forum.state import State
from realtime.transaction import Transaction


async def write_quietened(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To the member; nothing where it has ended meanwhile, or they are no member any more."""
    act = await find_quiet_act(tx.connection, reference["act_id"])
    if act is None:
        return None
    context = {
        "network_name": act.network_name,
        "is_open": act.is_open,
        "reason": act.reason if act.is_open else "",
        "until": moment_words(act.until, ZoneInfo(state.settings.time_zone)) if act.until else "",
        "link": f"{state.settings.public_url}/acts/{act.id}",
    }
    return Letter(act.address, act.name, f"Your posts in {act.network_name}", "quietened", context)


async def write_rejected(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To who wrote a post that was turned down, also where they are no member any more.

    Never with the words that nobody was to read: a mailbox is not ours to erase. They stand on the page it leads to.
    """
    rejected = await find_rejection(tx.connection, reference["held_id"], reference["act_id"])
    if rejected is None:
        return None
    context = {
        "network_name": rejected.network_name,
        "title": rejected.title if rejected.is_open else "",
        "reason": rejected.reason if rejected.is_open else "",
        "link": f"{state.settings.public_url}/held/{rejected.id}",
    }
    subject = f"Your post in {rejected.network_name} was not taken"
    return Letter(rejected.address, rejected.name, subject, "post_rejected", context)


LETTERS: Mapping[str, LetterWriter] = {"quietened": write_quietened, "post_rejected": write_rejected}
