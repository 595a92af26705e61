"""What was just done offers "Undo" on the page that follows, and nothing else does."""

import re

from tests.forum.threads.village import Village


async def offered(browser: object, path: str, form: dict[str, str]) -> str:
    """Send the form, and look at the page that follows: the address to which "Undo" is sent; empty for none."""
    answer = await browser.post(path, data=form)  # type: ignore[attr-defined]
    assert answer.status_code == 303, answer.text
    page = (await browser.get(answer.headers["location"])).text  # type: ignore[attr-defined]
    assert 'class="toast"' in page
    found = re.search(r'class="toast">.*?action="(/acts/[^"]+/undo)"', page, re.DOTALL)
    return found[1] if found else ""


async def test_undo_is_offered_after_each_act_that_has_one(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place, other = await village.network(ada, [ben, cleo]), await village.network(ada, [ben])
    thread = f"/threads/{await village.thread(ben, place)}"
    member, browser = f"/networks/{place.slug}/members", village.browser(ada)
    for path, form in (
        (f"{thread}/pin", {"pinned": "yes"}),
        (f"{thread}/closure", {"locked": "yes", "reason": "Enough."}),
        (f"{thread}/pace", {"minutes": "5", "reason": "Slowly."}),
        (f"{thread}/move", {"network": other.slug, "reason": "Theirs."}),
        (f"{member}/{ben.id}/silence", {"hours": "24", "reason": "Rest."}),
        (f"{member}/{ben.id}/hold", {"why": "Let us read first."}),
        (f"{member}/{cleo.id}/removal", {"reason": "Enough."}),
    ):
        undo = await offered(browser, path, form)
        assert undo, path
        assert (await browser.post(undo)).status_code == 303, path
    assert await offered(browser, f"{thread}/closure", {"locked": "yes", "reason": "Enough."})
    assert not await offered(browser, f"{thread}/closure", {"locked": "no"})
    # Who gives a thread of their own another title does nothing that a moderator could undo.
    page = (await village.browser(ben).get(f"{thread}/title")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    form = {"title": "Another", "version": version[1] if version else ""}
    assert not await offered(village.browser(ben), f"{thread}/title", form)
