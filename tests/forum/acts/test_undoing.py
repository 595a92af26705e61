"""Who undoes something hears what came of it, and nobody is told of the end of what they were not told of."""

import re

import httpx2
import pytest

from tests.forum.moderation.hall import Hall


async def _toast(browser: httpx2.AsyncClient, path: str) -> tuple[str, str]:
    """What the next page says once, and where its Undo leads."""
    page = (await browser.get(path)).text
    said = re.search(r'<div class="toast"><p>([^<]*)</p>', page)
    leads = re.search(r'action="(/acts/[^"]+/undo)"', page)
    assert said is not None
    return said[1], leads[1] if leads else ""


@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("what", ["lock", "pin"])
async def test_whom_the_end_of_a_lock_is_told(hall: Hall, what: str, is_own: bool) -> None:
    village, place = hall.village, hall.place
    thread = await village.thread(hall.amara, place) if is_own else hall.thread  # Maeve began this one
    path, browser = f"/threads/{thread}", village.browser(hall.amara)
    way = {"lock": ("closure", {"locked": "yes", "reason": "Enough."}), "pin": ("pin", {"pinned": "yes"})}[what]
    assert (await browser.post(f"{path}/{way[0]}", data=way[1])).status_code == 303
    done, undo = await _toast(browser, path)
    assert (done, bool(undo)) == (
        "The thread is locked." if what == "lock" else "The thread is pinned to the top.",
        True,
    )
    assert (await browser.post(undo, data={})).headers["location"].startswith(path)
    is_told = what == "lock" and not is_own
    assert await _toast(browser, path) == (
        "That is undone" + (", and whom it concerns is told." if is_told else "."),
        "",
    )
    lines = (await hall.do(hall.maeve, "GET", "/me/notifications"))["items"]
    assert [line["kind"] for line in lines].count("act.undone") == is_told
    assert (await hall.ask(hall.gareth, "POST", f"{path}/posts", {"body": "I may."})).status_code == 201
