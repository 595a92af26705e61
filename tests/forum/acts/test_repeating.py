"""Patient data that others repeat in running text: moderators are told, one press hides it, erasing takes it, too."""

import asyncio

from sqlalchemy import select

from forum.acts.erasing import erase_post
from forum.tables import acts, cases, posts, reports
from forum.text import Said
from tests.forum.moderation.hall import Hall, column, open_hall
from tests.forum.threads.village import Place, Village, Villager

WORDS = "Mr Pettigrew of the blue door fell again last night and broke his left hip, poor man."
NUMBER = "943 476 5919"


async def until(hall: Hall, act: str, count: int, *places: Place) -> list[str]:
    """Cases of which Confer has told these moderators, once so many are; other tests said the same number."""
    ours = select(cases.c.id).where(cases.c.network_id.in_([place.id for place in places]))
    for _ in range(200):
        asked = select(reports.c.case_id).where(reports.c.act_id == act, reports.c.case_id.in_(ours))
        case_ids = await hall.stored(asked)
        if len(case_ids) >= count:
            break
        await asyncio.sleep(0.1)
    return [row.case_id for row in case_ids]


async def say(hall: Hall, who: Villager, words: str) -> str:
    return await hall.village.reply(who, hall.place, hall.thread, words)


async def hidden(hall: Hall, *post_ids: str) -> list[bool]:
    return [bool((await hall.read(hall.amara, post))["hidden_rule"]) for post in post_ids]


def test_runs_of_words_and_numbers_are_found_and_nothing_else() -> None:
    said = Said([f"Look: {WORDS} His number is {NUMBER}."])
    assert said.has_words_in("I heard that MR PETTIGREW, of the blue door, fell again last night.")
    assert not said.has_words_in("Mr Pettigrew of the blue door fell.")
    assert said.has_number_in("Is 9434765919 the right one?")
    assert not said.has_number_in("Is 9434765918 the right one?")
    said.forget([WORDS])
    assert not said.has_words_in(WORDS)
    assert said.has_number_in(NUMBER)


async def test_a_moderator_decides_and_one_press_hides_them_all(village: Village) -> None:
    hall, other = await open_hall(village), await open_hall(village)
    earlier = await say(hall, hall.maeve, f"Ask about {NUMBER} please.")
    first = await say(hall, hall.gareth, f"{WORDS} {NUMBER}")
    copied = await say(hall, hall.maeve, f"So I have heard that {WORDS.lower()} Is that so?")
    innocent = await say(hall, hall.maeve, "Mr Pettigrew of the blue door is well.")
    away = await say(other, other.maeve, f"They say {WORDS}")
    act = await hall.hide(hall.priya, first, "patient_data", "It names a patient.")
    assert len(await until(hall, act, 3, hall.place, other.place)) == 3
    assert await hidden(hall, earlier, copied, innocent) == [False, False, False]
    browser = village.browser(hall.priya)
    page = (await browser.get(f"/acts/{act}")).text
    assert "Two posts repeat words of this one, or the NHS number in it" in page
    assert "Mr Pettigrew of the blue door is well" not in page
    assert "They say" not in page  # another network's moderators are told, not these
    assert [case["post_id"] for case in await other.cases(other.priya)] == [away]
    assert "Who repeats it" not in (await village.browser(hall.gareth).get(f"/acts/{act}")).text
    assert (await village.browser(hall.maeve).post(f"/acts/{act}/repeats")).status_code == 404
    assert (await hall.ask(hall.maeve, "POST", f"/acts/{act}/repeats")).status_code == 404
    assert (await hall.ask(hall.gareth, "POST", f"/acts/{act}/repeats")).status_code == 403
    assert await hall.do(hall.priya, "POST", f"/acts/{act}/repeats") == {"hidden": 2}
    assert (await browser.post(f"/acts/{act}/repeats")).status_code == 303
    assert await hidden(hall, earlier, copied, innocent) == [True, True, False]
    assert "Who repeats it" not in (await browser.get(f"/acts/{act}")).text
    assert await hall.cases(hall.priya) == []
    overseer = await hall.overseer()
    async with village.state.transaction() as tx:
        await erase_post(tx, await village.viewer(overseer), first, "A patient asked.")
    for _ in range(200):
        erased = await hall.stored(column(posts, "erased_at", "body").where(posts.c.id.in_((earlier, copied))))
        if all(row.erased_at for row in erased):
            break
        await asyncio.sleep(0.1)
    assert [row.body for row in erased] == ["", ""]
    assert not (await hidden(hall, innocent))[0]
    assert (await hall.stored(select(acts.c.id).where(acts.c.post_id == innocent))) == []
