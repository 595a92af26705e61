"""Whoever something was decided about learns of it, and not from whom: on their list, by the API, live and by mail."""

from typing import Any

import pytest
from sqlalchemy import select, update

from forum.notifications.live import present_lines
from forum.tables import notifications
from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village, Villager


async def by_report(hall: Hall, act: str) -> None:
    """Amara agrees with a report of Gareth himself."""
    path = f"/networks/{hall.place.slug}/members/{hall.gareth.id}/reports"
    await hall.do(hall.maeve, "POST", path, {"rule": "abuse", "words": "He never stops."})
    (case,) = await hall.cases(hall.amara)
    decision = {"decision": "agree", "act": act, "hours": 24, "reason": "He never stops."}
    await hall.do(hall.amara, "POST", f"/reports/{case['id']}/decision", decision)


async def by_administrator(hall: Hall, change: dict[str, Any], who: Villager | None = None) -> None:
    """Amara decides about a member on the page of members."""
    path = f"/networks/{hall.place.slug}/members/{(who or hall.gareth).id}"
    await hall.do(hall.amara, "PATCH", path, change)


async def names_nobody(hall: Hall, who: Villager, kind: str) -> None:
    """This person has a line of this kind, and neither it nor what tells of it live or on the page says who did it."""
    found = await hall.do(who, "GET", "/me/notifications")
    lines = [line for line in found["items"] if line["kind"] == kind]
    assert [line["actor"] for line in lines] == [None]
    heard = await present_lines(hall.village.state, [lines[0]["id"]])
    assert (heard[lines[0]["id"]].object or {})["actor"] is None
    page = (await hall.village.browser(who).get("/notifications")).text
    for word in (hall.amara.id, hall.amara.name):
        assert word not in str(found), kind
        assert word not in page, kind


@pytest.mark.parametrize("act", ["expel", "ban", "silence", "hold"])
async def test_who_decided_on_a_report_is_told_to_nobody_it_concerns(village: Village, act: str) -> None:
    hall = await open_hall(village)
    await by_report(hall, act)
    kind = "membership.ended" if act in ("expel", "ban") else "act.concerns_me"
    await names_nobody(hall, hall.gareth, kind)
    # A line that an earlier version wrote knows who it was: that is not shown, either.
    mine = (notifications.c.account_id == hall.gareth.id, notifications.c.kind == kind)
    (row,) = await hall.stored(select(notifications.c.actor_id).where(*mine))
    assert row.actor_id is None
    async with village.state.database.write() as connection:
        await connection.execute(update(notifications).where(*mine).values(actor_id=hall.amara.id))
    await names_nobody(hall, hall.gareth, kind)


@pytest.mark.parametrize("status", ["removed", "banned"])
async def test_a_plain_removal_is_by_an_administrator_who_is_not_named(village: Village, status: str) -> None:
    hall = await open_hall(village)
    await by_administrator(hall, {"status": status, "reason": "Enough."})
    await names_nobody(hall, hall.gareth, "membership.ended")
    if status == "removed":
        await by_administrator(hall, {"status": "banned", "reason": "For good."})
        await names_nobody(hall, hall.gareth, "act.concerns_me")


async def test_who_gives_a_role_or_refuses_is_not_named_either(village: Village) -> None:
    hall = await open_hall(village)
    await by_administrator(hall, {"role": "member"}, hall.priya)
    await names_nobody(hall, hall.priya, "role.changed")
    await hall.do(hall.olu, "PUT", f"/networks/{hall.place.slug}/members/me", {"words": "Please."})
    await by_administrator(hall, {"status": "refused", "reason": "Not now."}, hall.olu)
    await names_nobody(hall, hall.olu, "membership.refused")
