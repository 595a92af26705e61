"""What was announced while a network was closed stays with those who were told, where it is opened without its past."""

import pytest

from tests.forum.audit_log.test_audience_spans_kept import set_access
from tests.forum.threads.village import Place, Village, Villager

CLOSED = {"title": "Closed words canaryone", "body": "Canarytwo is told to the members of then."}
OPENED = {"title": "Words of the open time", "body": "For everybody who joined."}


async def everything(village: Village, person: Villager, place: Place, announcement: str) -> tuple[str, int]:
    """All places where announcements are read, and the status of this one."""
    api, page = f"/api/v1/networks/{place.slug}", f"/networks/{place.slug}"
    program, browser = village.program(person), village.browser(person)
    answers = [await program.get(f"{api}/announcements"), await program.get(f"{api}/events?after=0")]
    answers += [await browser.get(each) for each in ("/", page, f"{page}/announcements")]
    one = await program.get(f"{api}/announcements/{announcement}")
    return "\n".join(each.text for each in (*answers, one)), one.status_code


@pytest.mark.parametrize("has_thread", [True, False])
async def test_who_joins_after_an_opening_is_not_told_what_was_announced_before(
    village: Village, has_thread: bool
) -> None:
    amara, gareth, mona, rita = await village.people("Amara", "Gareth", "Mona", "Rita")
    place = await village.network(amara, [gareth])
    path = f"/api/v1/networks/{place.slug}"
    if has_thread:
        await village.thread(gareth, place)
    first = (await village.program(amara).post(f"{path}/announcements", json=CLOSED)).json()["id"]
    await set_access(village, amara, place, "open", with_past=False)
    assert (await village.program(rita).put(f"{path}/members/me")).status_code in (200, 201)
    await village.join(place.id, mona, "moderator")
    second = (await village.program(amara).post(f"{path}/announcements", json=OPENED)).json()["id"]
    for access in ("open", "closed"):
        if access == "closed":
            await set_access(village, amara, place, "closed")
        shown, status = await everything(village, rita, place, first)
        assert "anaryone" not in shown
        assert "anarytwo" not in shown
        assert status == 404
        assert (await village.program(rita).put(f"{path}/announcements/{first}/read")).status_code == 404
        shown, status = await everything(village, rita, place, second)
        assert status == 200
        assert OPENED["title"] in shown
        for person in (gareth, mona, amara):
            shown, status = await everything(village, person, place, first)
            assert status == 200
            assert "Closed words canaryone" in shown
    await set_access(village, amara, place, "open", with_past=True)
    assert (await everything(village, rita, place, first))[1] == 200
