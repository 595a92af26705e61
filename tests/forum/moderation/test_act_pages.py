"""Whoever takes something back that was taken from somebody is asked why: by one list with what they are told."""

from typing import get_args

from sqlalchemy import select

from forum.acts.threads import UNTOLD
from forum.acts.undoing import UNDOABLE
from forum.moderation.queries import AGAINST_SOMEBODY
from forum.records import ActKind
from forum.tables import acts
from tests.forum.moderation.hall import open_hall
from tests.forum.threads.village import Village


def test_what_makes_a_record_is_told_and_may_be_explained() -> None:
    assert not UNTOLD & set(AGAINST_SOMEBODY)
    assert set(get_args(ActKind)) >= UNTOLD
    # What can be undone and says why is all that takes something from somebody; beside a record, their threads.
    assert (UNDOABLE - UNTOLD) - set(AGAINST_SOMEBODY) == {"move", "retitle", "lock"}


async def test_why_is_asked_where_something_was_taken_from_somebody(village: Village) -> None:
    hall = await open_hall(village)
    await hall.hide(hall.priya)
    change = {"locked": True, "pinned": True, "reason": "Settled."}
    await hall.do(hall.priya, "PATCH", f"/threads/{hall.thread}", change)
    found = await hall.stored(select(acts.c.id, acts.c.kind).where(acts.c.thread_id == hall.thread))
    browser = village.browser(hall.amara)
    asked = {row.kind: 'name="reason"' in (await browser.get(f"/acts/{row.id}")).text for row in found}
    assert asked == {"hide": True, "lock": True, "pin": False}
