"""Letters that say what was done, with no more of it than a mailbox may hold; and patient data erased in time."""

from datetime import timedelta

from sqlalchemy import update

from forum.moderation.worker import LETTERS, erase_patient_data
from forum.tables import acts
from ground.columns import now
from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village


async def letter(hall: Hall, act: str, name: str = "act_concerns_me") -> str:
    """The letter about an act as it would go out now; empty for none."""
    async with hall.village.state.transaction() as tx:
        written = await LETTERS[name](hall.village.state, tx, {"act_id": act})
    if written is None:
        return ""
    templates = hall.village.state.templates
    site = {"name": written.name, "subject": written.subject, "site_name": "Confer", "site_url": ""}
    return f"{written.subject}\n" + templates.get_template(f"email/{written.template}.txt").render(
        {**written.context, **site}
    )


async def test_the_letter_carries_words_of_open_networks_only(village: Village) -> None:
    for access, carries in (("open", True), ("closed", False), ("secret", False)):
        hall = await open_hall(village, access)  # type: ignore[arg-type]
        act = await hall.hide(hall.priya, reason="Say it kindly.")
        said = await letter(hall, act)
        assert said.startswith("A moderator has hidden your post")
        assert f"/acts/{act}" in said
        assert ("Only fools" in said) == carries
        assert ("Say it kindly." in said) == carries
        assert "Priya" not in said
        await hall.do(hall.priya, "POST", f"/acts/{act}/undo", {})
        assert await letter(hall, act) == ""
        act = await hall.hide(hall.priya, rule="patient_data", reason="It names a patient.")
        assert "Only fools" not in await letter(hall, act)
    await village.remove(hall.place.id, hall.gareth)
    assert hall.place.name not in await letter(hall, act)


async def test_the_answer_to_an_appeal_is_told(village: Village) -> None:
    hall = await open_hall(village)
    act = await hall.hide(hall.priya)
    assert await letter(hall, act, "appeal_answered") == ""
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "Why?"})
    await hall.do(hall.amara, "POST", f"/acts/{act}/answer", {"outcome": "upheld", "answer": "Because."})
    said = await letter(hall, act, "appeal_answered")
    assert "The decision stands." in said
    assert "Because." not in said


async def test_patient_data_is_erased_after_thirty_days_unless_undone(village: Village) -> None:
    hall = await open_hall(village)
    kept = await village.reply(hall.gareth, hall.place, hall.thread, "Kept words.")
    young = await village.reply(hall.gareth, hall.place, hall.thread, "Young words.")
    abusive = await village.reply(hall.gareth, hall.place, hall.thread, "Other words.")
    due = await hall.hide(hall.priya, rule="patient_data", reason="It names a patient.")
    undone = await hall.hide(hall.priya, kept, "patient_data", "It names a patient.")
    await hall.hide(hall.priya, young, "patient_data", "It names a patient.")
    old = await hall.hide(hall.priya, abusive, "abuse", "Be kind.")
    async with village.state.database.write() as connection:
        aged = update(acts).where(acts.c.id.in_([due, undone, old])).values(at=now() - timedelta(days=31))
        await connection.execute(aged)
    await hall.do(hall.priya, "POST", f"/acts/{undone}/undo", {})
    await erase_patient_data(village.state)
    await erase_patient_data(village.state)
    erased = {post: (await hall.read(hall.maeve, post))["erased"] for post in (hall.post, kept, young, abusive)}
    assert erased == {hall.post: True, kept: False, young: False, abusive: False}
    assert (await hall.read(hall.maeve, kept))["body"] == "Kept words."
