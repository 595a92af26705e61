"""What counts against somebody: what others did about them, and nothing that is no fault of theirs."""

import re

from sqlalchemy import select

from forum.tables import acts
from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village, Villager


async def record(hall: Hall, who: Villager, case_id: str) -> str:
    """What the page of a case says of the person's time here."""
    page = (await hall.village.browser(who).get(f"/networks/{hall.place.slug}/reports/{case_id}")).text
    found = re.search(r'<section aria-labelledby="record">(.*?)</section>', page, re.S)
    assert found is not None
    return " ".join(found.group(1).split())


async def test_only_what_was_done_about_them_is_their_record(village: Village) -> None:
    hall = await open_hall(village)
    target = await village.network(hall.amara, [hall.maeve])
    thread = f"/threads/{hall.thread}"
    for change in ({"pinned": True}, {"pinned": False}, {"locked": True}, {"locked": False}):
        await hall.do(hall.priya, "PATCH", thread, change | {"reason": "To try it."})
    for minutes in (15, 0):
        await hall.do(hall.priya, "PATCH", thread, {"slow_minutes": minutes, "reason": "To try it."})
    post = await village.reply(hall.maeve, hall.place, hall.thread, "Rude words.")
    await hall.report(hall.gareth, post)
    (case,) = await hall.cases(hall.priya)
    assert "Nothing was done about Maeve Brennan in this network before." in await record(hall, hall.priya, case["id"])
    other = await village.reply(hall.maeve, hall.place, hall.thread, "More of them.")
    undone = await hall.hide(hall.priya, other)
    await hall.do(hall.priya, "POST", f"/acts/{undone}/undo", {})
    await hall.do(hall.amara, "POST", f"{thread}/move", {"network": target.slug, "reason": "It belongs there."})
    said = await record(hall, hall.priya, case["id"])
    assert ("Post hidden" in said, "undone" in said, "Thread" in said) == (True, True, False)
    kinds = set(await hall.stored(select(acts.c.kind).where(acts.c.account_id == hall.maeve.id)))
    assert {"pin", "unpin", "lock", "unlock", "slow", "unslow", "move", "hide"} == {row[0] for row in kinds}


async def test_what_a_moderator_does_with_their_own_is_nothing_against_them(village: Village) -> None:
    hall = await open_hall(village)
    own = await village.reply(hall.priya, hall.place, hall.thread, "A slip of mine.")
    await hall.hide(hall.priya, own)
    post = await village.reply(hall.priya, hall.place, hall.thread, "Rude words.")
    await hall.report(hall.gareth, post)
    (case,) = await hall.cases(hall.amara)
    assert "Nothing was done about Priya Shah" in await record(hall, hall.amara, case["id"])
    await hall.hide(hall.amara, post)
    (case,) = await hall.cases(hall.amara, "decided")
    assert "Post hidden" in await record(hall, hall.amara, case["id"])
