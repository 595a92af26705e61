"""What another moderator took back: who did it is told, with the reason; and what the pages then say is true."""

from sqlalchemy import update

from forum.tables import acts, memberships
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Village, Villager

WHY = "She asked a fair question."
QUOTED = "Only fools would ask such a question here."


async def lines(hall: Hall, who: Villager) -> list[str]:
    """Kinds of what stands on their list."""
    kinds = [line["kind"] for line in (await hall.do(who, "GET", "/me/notifications"))["items"]]
    return [kind for kind in kinds if kind.startswith("act.")]


async def test_who_acted_is_told_that_another_took_it_back_and_why(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya)
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {"reason": WHY})
    assert await lines(hall, hall.priya) == ["act.reversed"]
    assert "act.reversed" not in await lines(hall, hall.amara) + await lines(hall, hall.gareth)
    page = (await village.browser(hall.priya).get("/notifications")).text
    assert "was undone by somebody else" in page
    assert WHY in page
    assert WHY in (await village.browser(hall.priya).get(f"/acts/{act}")).text
    rows = await hall.stored(column(acts, "undo_row_id").where(acts.c.id == act))
    assert rows[0].undo_row_id is not None
    # Whoever undoes what they did themselves is told nothing, and who moderates no more sees nothing of it.
    own = await hall.hide(hall.priya)
    await hall.do(hall.priya, "POST", f"/acts/{own}/undo", {})
    assert await lines(hall, hall.priya) == ["act.reversed"]
    async with village.state.transaction() as tx:
        mine = (memberships.c.account_id == hall.priya.id) & (memberships.c.network_id == hall.place.id)
        await tx.execute(update(memberships).where(mine).values(role="member"))
    assert await lines(hall, hall.priya) == []


async def test_undoing_the_mark_of_what_was_removed_before_brings_nothing_back_and_says_so(village: Village) -> None:
    hall = await open_hall(village)
    await hall.do(hall.gareth, "DELETE", f"/posts/{hall.post}")
    act = await hall.hide(hall.priya, rule="patient_data", reason="It names a patient.")
    page = (await village.browser(hall.amara).get(f"/acts/{act}")).text
    assert "The post stays out of sight, as it was before this" in page
    assert "can then be read" not in page
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    read = await hall.read(hall.maeve)
    assert not read["hidden_rule"]
    assert not read["body"]


async def test_removing_patient_data_hides_the_quotations_as_hiding_does(village: Village) -> None:
    hall = await open_hall(village)
    quoting = await village.reply(hall.maeve, hall.place, hall.thread, f"> {QUOTED}\n\nWho says that?")
    await hall.report(hall.maeve, rule="patient_data")
    case = (await hall.cases(hall.priya))[0]
    body = {"decision": "agree", "act": "remove", "rule": "patient_data", "reason": "It names a patient."}
    await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", body)
    assert (await hall.read(hall.maeve, quoting))["hidden_rule"] == "patient_data"
    act = (await hall.stored(column(acts, "id").where(acts.c.post_id == hall.post)))[0].id
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert (await hall.read(hall.maeve, quoting))["hidden_rule"] == ""
    assert QUOTED in (await hall.read(hall.maeve, quoting))["body"]
