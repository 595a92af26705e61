"""A letter to whoever wrote in a thread, and to administrators: by a move, more people can read it than before."""

from collections.abc import Mapping

from forum.mailing import Letter, LetterWriter
from forum.moderation.moving_queries import find_widened
from forum.state import State
from realtime.transaction import Transaction


async def write_widened(state: State, tx: Transaction, reference: Mapping[str, str]) -> Letter | None:
    """To one of them: that it was moved, without a word of it. None where it was moved back before that went out."""
    thread_id = reference["thread_id"]
    found = await find_widened(tx.connection, thread_id, reference["network_id"], reference["account_id"])
    if found is None:
        return None
    context = {
        "network_name": found.network_name,
        "is_open": found.is_open,
        "has_written": found.has_written,
        "link": state.settings.public_url + (f"/threads/{thread_id}" if found.is_reader else "/notifications"),
    }
    subject = f"More people can read a thread on {state.settings.site_name}"
    return Letter(found.address, found.name, subject, "thread_widened", context)


LETTERS: Mapping[str, LetterWriter] = {"thread_widened": write_widened}
