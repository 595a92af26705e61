"""What is done to a thread is told to who began it, while they belong to its network."""

from forum.tables import acts, notifications
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Village


async def told(hall: Hall, kind: str) -> int:
    """How many lines of this kind Maeve, who began the thread, has of acts on it."""
    about = (notifications.c.account_id == hall.maeve.id, notifications.c.kind == kind)
    return len(await hall.stored(column(notifications, "id").where(*about)))


async def test_who_belongs_no_more_hears_nothing_of_their_thread(village: Village) -> None:
    hall = await open_hall(village)
    path, target = f"/threads/{hall.thread}", await village.network(hall.amara, [hall.gareth])
    await hall.do(hall.amara, "PATCH", path, {"title": "Cover at night", "reason": "Clearer."})
    assert await told(hall, "act.concerns_me") == 1
    post = await village.reply(hall.maeve, hall.place, hall.thread, "I can’t, for one.")
    await village.remove(hall.place.id, hall.maeve)
    await hall.do(hall.amara, "PATCH", path, {"title": "Cover by night", "reason": "Clearer."})
    await hall.do(hall.amara, "PATCH", path, {"locked": True, "reason": "It is done."})
    (lock,) = await hall.stored(column(acts, "id").where(acts.c.thread_id == hall.thread, acts.c.kind == "lock"))
    await hall.do(hall.amara, "POST", f"/acts/{lock.id}/undo", {"reason": "It is not."})
    assert (await told(hall, "act.concerns_me"), await told(hall, "act.undone")) == (1, 0)
    await hall.do(hall.amara, "POST", f"{path}/move", {"network": target.slug, "reason": "It belongs there."})
    assert await told(hall, "act.concerns_me") == 1
    # Against what is done with their posts they may still appeal.
    back = await hall.do(hall.amara, "POST", f"{path}/move", {"network": hall.place.slug, "reason": "It does not."})
    assert back["network_id"] == hall.place.id
    await hall.hide(hall.amara, post)
    assert await told(hall, "act.concerns_me") == 2
