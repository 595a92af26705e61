"""What waits for a moderator stands on their Home, and beside the reports; on nobody else's."""

from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village, Villager

NOTHING = "Nothing needs you."


async def home_of(hall: Hall, who: Villager) -> str:
    """Their Home."""
    return (await hall.village.browser(who).get("/")).text


async def test_home_says_what_waits_for_whom(village: Village) -> None:
    hall = await open_hall(village)
    assert NOTHING in await home_of(hall, hall.priya)
    await hall.report(hall.maeve)
    for moderator in (hall.priya, hall.amara):
        assert f"One report waits in {hall.place.name}" in await home_of(hall, moderator)
    (case,) = await hall.cases(hall.priya)
    decision = {"decision": "agree", "act": "hide", "rule": "abuse", "reason": "Be kind."}
    decided = await hall.do(hall.priya, "POST", f"/reports/{case['id']}/decision", decision)
    await hall.do(hall.gareth, "POST", f"/acts/{decided['act_id']}/appeal", {"words": "It was a joke."})
    home = await home_of(hall, hall.amara)
    assert f"One appeal waits for your answer in {hall.place.name}" in home
    assert "report waits" not in home
    tab = f'href="/networks/{hall.place.slug}/reports"'
    shown = (await village.browser(hall.amara).get(f"/networks/{hall.place.slug}")).text
    assert ">1<" in shown[shown.index(tab) : shown.index(tab) + 200].replace(" ", "")
    assert (await hall.do(hall.amara, "GET", f"/networks/{hall.place.slug}/reports"))["waiting_count"] == 0
    # Who acted does not judge, and nobody else hears of it.
    for person in (hall.priya, hall.maeve, hall.olu):
        home = await home_of(hall, person)
        assert ("appeal waits" in home, "report waits" in home) == (False, False), person.name
    answer = {"outcome": "upheld", "answer": "It was not."}
    await hall.do(hall.amara, "POST", f"/acts/{decided['act_id']}/answer", answer)
    assert "appeal waits" not in await home_of(hall, hall.amara)


async def test_posts_that_wait_stand_there_too(village: Village) -> None:
    hall = await open_hall(village)
    hold = f"/networks/{hall.place.slug}/members/{hall.maeve.id}/hold"
    await hall.do(hall.priya, "PUT", hold, {"reason": "Let me read first."})
    await hall.do(hall.maeve, "POST", f"/threads/{hall.thread}/posts", {"body": "May I?"})
    assert f"One post waits for a moderator in {hall.place.name}" in await home_of(hall, hall.priya)
    assert "waits for a moderator in" not in await home_of(hall, hall.gareth)


async def test_who_looks_after_the_site_finds_there_what_nobody_else_can_decide(village: Village) -> None:
    hall = await open_hall(village)
    overseer = await hall.overseer()
    await village.remove(hall.place.id, hall.priya)
    await hall.report(hall.maeve, await village.reply(hall.amara, hall.place, hall.thread, "Rubbish."))
    home = await home_of(hall, overseer)
    assert ("in their network can decide" in home or "in its network can decide" in home, hall.place.name in home) == (
        True,
        False,
    )
    assert "network can decide" not in await home_of(hall, hall.amara)
