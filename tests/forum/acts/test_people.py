"""Silences beside each other: each stands until it ends or is undone, and the person writes when none does."""

from forum.tables import acts, memberships
from tests.forum.moderation.hall import Hall, column
from tests.forum.moderation.test_person_commands import reported


async def _silences(hall: Hall) -> list[str]:
    """The acts, oldest first."""
    about = (acts.c.account_id == hall.gareth.id, acts.c.kind == "silence")
    return [row.id for row in await hall.stored(column(acts, "id").where(*about).order_by(acts.c.id))]


async def _until(hall: Hall) -> object:
    """Until when Gareth may not write."""
    mine = (memberships.c.account_id == hall.gareth.id, memberships.c.current)
    (row,) = await hall.stored(column(memberships, "silenced_until").where(*mine))
    return row.silenced_until


async def test_undoing_one_silence_leaves_the_other(hall: Hall) -> None:
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/silence"
    await hall.do(hall.priya, "PUT", path, {"hours": 24, "reason": "Off topic."})
    first = await _until(hall)
    await hall.do(hall.amara, "PUT", path, {"hours": 48, "reason": "Again."})
    second = await _until(hall)
    shorter, longer = await _silences(hall)
    await hall.do(hall.amara, "POST", f"/acts/{longer}/undo", {})
    assert await _until(hall) == first
    reply = f"/threads/{hall.thread}/posts"
    assert (await hall.ask(hall.gareth, "POST", reply, {"body": "And yet I write."})).status_code == 403
    # The other way round: the longer one stands, whatever becomes of the shorter.
    await hall.do(hall.amara, "PUT", path, {"hours": 48, "reason": "Again."})
    third = await _until(hall)
    assert third is not None
    assert third >= second  # type: ignore[operator]
    await hall.do(hall.priya, "POST", f"/acts/{shorter}/undo", {})
    assert await _until(hall) == third
    await hall.do(hall.amara, "POST", f"/acts/{(await _silences(hall))[-1]}/undo", {})
    assert await _until(hall) is None
    assert (await hall.ask(hall.gareth, "POST", reply, {"body": "And now I write."})).status_code == 201


async def test_a_shorter_silence_is_refused_and_a_case_says_how_long_one_goes_on(hall: Hall) -> None:
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}"
    await hall.do(hall.priya, "PUT", f"{path}/silence", {"hours": 672, "reason": "Off topic."})
    until = await _until(hall)
    refused = await hall.ask(hall.amara, "PUT", f"{path}/silence", {"hours": 1, "reason": "Rest."})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "hours")
    assert "They are silenced for longer than that already" in refused.json()["errors"][0]["message"]
    browser = hall.village.browser(hall.amara)
    form = await browser.post(f"{path}/silence", data={"hours": "1", "reason": "Rest."})
    assert form.status_code == 422
    assert "They are silenced for longer than that already" in form.text
    page = f"/networks/{hall.place.slug}{await reported(hall)}"
    assert "They are silenced already, until" in (await browser.get(page)).text
    decision = {"decision": "agree", "act": "silence", "hours": "24", "rule": "", "reason": "Rest.", "answer": ""}
    answer = await browser.post(f"{page}/decision", data=decision)
    assert answer.status_code == 422
    assert "They are silenced for longer than that already" in answer.text
    assert await _until(hall) == until
    assert len(await _silences(hall)) == 1
