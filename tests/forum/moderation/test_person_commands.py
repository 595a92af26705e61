"""Agreeing with a report of a person: silence, hold and removal are offered with it, and close the case."""

from typing import Any

import pytest
from sqlalchemy import select

from forum.tables import acts, memberships
from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village

STANDS: dict[str, tuple[str, bool, int]] = {
    "silence": ("active", True, 0),
    "hold": ("active", False, -1),
    "expel": ("removed", False, 0),
    "ban": ("banned", False, 0),
}


async def reported(hall: Hall) -> str:
    """A case about Gareth himself; its address below the network's."""
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/reports"
    await hall.do(hall.maeve, "POST", path, {"rule": "abuse", "words": "He never stops."})
    return f"/reports/{(await hall.cases(hall.amara))[0]['id']}"


@pytest.mark.parametrize("act", list(STANDS))
async def test_what_is_chosen_is_done_and_told(village: Village, act: str) -> None:
    hall = await open_hall(village)
    path = await reported(hall)
    browser, page = village.browser(hall.amara), f"/networks/{hall.place.slug}{path}"
    form = (await browser.get(page)).text
    assert f'value="{act}"' in form
    sent: dict[str, Any] = {"decision": "agree", "act": act, "hours": "168", "rule": "", "reason": "", "answer": ""}
    assert "Say why." in (await browser.post(f"{page}/decision", data=sent)).text
    done = await browser.post(f"{page}/decision", data=sent | {"reason": "He never stops."})
    assert done.status_code == 303, done.text
    case = await hall.do(hall.amara, "GET", path)
    assert case["state"] == "agreed"
    shown = await hall.do(hall.gareth, "GET", f"/acts/{case['act_id']}")
    assert (shown["kind"], shown["reason"]) == (act, "He never stops.")
    place = select(memberships).where(memberships.c.account_id == hall.gareth.id, memberships.c.current)
    (row,) = await hall.stored(place)
    assert (row.status, row.silenced_until is not None, row.hold_left) == STANDS[act]


async def test_moderators_are_offered_no_removal_and_nobody_silences_who_is_gone(village: Village) -> None:
    hall = await open_hall(village)
    path = await reported(hall)
    page = f"/networks/{hall.place.slug}{path}"
    form = (await village.browser(hall.priya).get(page)).text
    assert 'value="silence"' in form
    assert 'value="ban"' not in form
    body = {"decision": "agree", "act": "ban", "reason": "He never stops."}
    assert (await hall.ask(hall.priya, "POST", f"{path}/decision", body)).status_code == 403
    await village.remove(hall.place.id, hall.gareth)
    assert 'value="silence"' not in (await village.browser(hall.amara).get(page)).text
    assert (await hall.ask(hall.amara, "POST", f"{path}/decision", body)).status_code == 409
    assert (await hall.ask(hall.amara, "POST", f"{path}/decision", body | {"act": "silence"})).status_code == 409
    assert await hall.stored(select(acts.c.id).where(acts.c.network_id == hall.place.id)) == []
