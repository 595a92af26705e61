"""A reason that nobody would read is not taken in silence."""

import pytest

from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village


async def given(hall: Hall, path: str, change: dict[str, object]) -> None:
    """Done without a reason, then with one: refused, as it is so already. Without one it is answered as before."""
    await hall.do(hall.amara, "PATCH", path, change)
    late = await hall.ask(hall.amara, "PATCH", path, {**change, "reason": "Left the trust."})
    assert late.status_code == 422
    assert "nobody would read your reason" in late.text
    await hall.do(hall.amara, "PATCH", path, change)


@pytest.mark.parametrize("change", [{"title": "Cover at night"}, {"locked": True}, {"pinned": True}])
async def test_of_a_thread(village: Village, change: dict[str, object]) -> None:
    hall = await open_hall(village)
    path = f"/threads/{hall.thread}"
    await given(hall, path, change)
    said = {"title": "Another one", "reason": "Clearer."}
    for _ in range(2):  # sent again because the answer was lost
        await hall.do(hall.amara, "PATCH", path, said)


@pytest.mark.parametrize("status", ["removed", "banned"])
async def test_of_somebody_who_is_removed(village: Village, status: str) -> None:
    hall = await open_hall(village)
    await given(hall, f"/networks/{hall.place.slug}/members/{hall.gareth.id}", {"status": status})
    path = f"/networks/{hall.place.slug}/members/{hall.maeve.id}"
    for _ in range(2):
        await hall.do(hall.amara, "PATCH", path, {"status": status, "reason": "Left the trust."})
