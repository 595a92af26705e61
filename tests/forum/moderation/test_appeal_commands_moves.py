"""Appeals against moves: each has somebody who can answer it, and somebody who can do what it asks.

And whoever began a thread is led to each move of it, also from a network to which they never belonged.
"""

from dataclasses import dataclass

from sqlalchemy import select

from forum.tables import acts
from tests.forum.moderation.hall import Hall, logged_about, open_hall
from tests.forum.notifications.telling import lines_of
from tests.forum.threads.village import Place, Village, Villager

GRANTED = {"outcome": "granted", "answer": "It was ours."}
OVERTURNED = {"outcome": "overturned", "answer": "It was ours."}
WRITTEN_SINCE = "Something was written there since"


async def act_of(hall: Hall) -> str:
    """The id of the newest move of the thread."""
    moves = select(acts.c.id).where(acts.c.thread_id == hall.thread, acts.c.kind == "move")
    return str((await hall.stored(moves.order_by(acts.c.id.desc())))[0].id)


async def move(hall: Hall, mover: Villager, target: Place, reason: str = "It is theirs.") -> str:
    """The thread moved; the act's id."""
    await hall.do(mover, "POST", f"/threads/{hall.thread}/move", {"network": target.slug, "reason": reason})
    return await act_of(hall)


async def kinds(village: Village, person: Villager) -> list[str]:
    """What this person was told about acts and appeals."""
    return [line["kind"] for line in await lines_of(village, person) if line["kind"].startswith(("act.", "appeal."))]


@dataclass(frozen=True, slots=True)
class Moved:
    """A thread that Amara moved away, and Maeve's appeal against it, which Olu judges, who is only where it was."""

    hall: Hall
    target: Place
    act: str


async def appealed(village: Village) -> Moved:
    """To a secret network, of which Olu and Maeve know nothing."""
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    target = await village.network(hall.amara, access="secret")
    act = await move(hall, hall.amara, target)
    await hall.do(hall.maeve, "POST", f"/acts/{act}/appeal", {"words": "It was ours."})
    return Moved(hall, target, act)


async def test_who_cannot_undo_it_grants_the_appeal_in_words_and_who_can_is_told(village: Village) -> None:
    moved = await appealed(village)
    hall, act = moved.hall, moved.act
    assert "appeal.made" in await kinds(village, hall.olu)
    judge = village.browser(hall.olu)
    page = (await judge.get(f"/acts/{act}")).text
    for words in ("Grant the appeal", "so you can’t take this back yourself", "Keep the decision"):
        assert words in page, words
    for words in ('value="overturned"', moved.target.name, "Undo this"):
        assert words not in page, words
    answered = await judge.post(f"/acts/{act}/answer", data=GRANTED)
    assert answered.status_code == 303
    shown = await hall.do(hall.maeve, "GET", f"/acts/{act}")
    assert (shown["appeal"]["outcome"], shown["appeal"]["answer"], shown["undone_at"]) == (
        "granted",
        "It was ours.",
        None,
    )
    own = (await village.browser(hall.maeve).get(f"/acts/{act}")).text
    assert ("The appeal was granted" in own, "It has not been taken back yet" in own) == (True, True)
    assert "appeal.answered" in await kinds(village, hall.maeve)
    assert "thread.appeal_granted" in [row.act for row in await hall.stored(logged_about(hall.thread))]
    # Amara moderates both: she is told, and can do it. Something was written since, so the form asks first.
    await village.reply(hall.amara, moved.target, hall.thread, "Among us alone.")
    assert "appeal.granted" in await kinds(village, hall.amara)
    assert "You can: do it below" in (await village.browser(hall.amara).get(f"/acts/{act}")).text
    refused = await hall.ask(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert (refused.status_code, WRITTEN_SINCE in refused.text) == (409, True)
    body = {"network": hall.place.slug, "reason": "As Olu says.", "confirm": hall.place.name}
    await hall.do(hall.amara, "POST", f"/threads/{hall.thread}/move", body)
    assert (await hall.do(hall.maeve, "GET", f"/threads/{hall.thread}"))["network_id"] == hall.place.id
    assert "act.undone" in await kinds(village, hall.maeve)
    assert "This was undone" in (await village.browser(hall.maeve).get(f"/acts/{act}")).text
    (line,) = [each for each in await lines_of(village, hall.amara) if each["kind"] == "appeal.granted"]
    assert line["read_at"]
    assert (await hall.ask(hall.olu, "POST", f"/acts/{act}/answer", GRANTED)).status_code == 409


async def test_whether_something_was_written_there_since_is_not_told_to_who_only_judges(village: Village) -> None:
    moved = await appealed(village)
    hall, act = moved.hall, moved.act
    before = await hall.ask(hall.olu, "POST", f"/acts/{act}/answer", OVERTURNED)
    await village.reply(hall.amara, moved.target, hall.thread, "Among us alone.")
    after = await hall.ask(hall.olu, "POST", f"/acts/{act}/answer", OVERTURNED)
    assert (before.status_code, after.status_code) == (409, 409)
    assert before.json()["detail"] == after.json()["detail"]
    assert WRITTEN_SINCE not in after.text


async def test_where_nobody_moderates_both_those_who_look_after_the_site_do_it_and_read_nothing(
    village: Village,
) -> None:
    moved = await appealed(village)
    hall, act = moved.hall, moved.act
    site = await hall.overseer()
    helen = await village.person("Helen")
    await village.join(moved.target.id, helen, "administrator")
    await hall.do(hall.amara, "DELETE", f"/networks/{moved.target.slug}/members/me")
    assert (await hall.ask(site, "GET", f"/acts/{act}")).status_code == 404
    assert (await hall.ask(site, "POST", f"/acts/{act}/undo", {})).status_code == 404
    await hall.do(hall.olu, "POST", f"/acts/{act}/answer", GRANTED)
    for person in (hall.amara, hall.priya, helen):
        assert "appeal.granted" not in await kinds(village, person), person.name
        assert (await hall.ask(person, "POST", f"/acts/{act}/undo", {})).status_code in (404, 409)
    (line,) = [each for each in await lines_of(village, site) if each["kind"] == "appeal.granted"]
    assert "Night rota" not in line["text"]
    page = (await village.browser(site).get(f"/acts/{act}")).text
    assert ("Undo this" in page, "It was ours." in page) == (True, True)
    for words in ("Night rota", "It is theirs.", moved.target.name):
        assert words not in page, words
    await hall.do(site, "POST", f"/acts/{act}/undo", {})
    assert (await hall.do(hall.maeve, "GET", f"/threads/{hall.thread}"))["network_id"] == hall.place.id
    assert (await hall.ask(helen, "GET", f"/threads/{hall.thread}")).status_code == 404
    # Who administers the network that it left by that hears of it.
    told = [each["text"] for each in await lines_of(village, helen) if each["kind"] == "thread.arrived"]
    assert told == [f"A thread was moved into {moved.target.name}, and is no longer there"]
    assert (await hall.ask(site, "GET", f"/threads/{hall.thread}")).status_code == 404


async def test_where_nobody_else_administers_the_site_takes_it_back_or_grants_it_in_words(village: Village) -> None:
    hall = await open_hall(village)
    site = await hall.overseer()
    target = await village.network(hall.amara)
    act = await move(hall, hall.amara, target)
    await hall.do(hall.maeve, "POST", f"/acts/{act}/appeal", {"words": "It was ours."})
    browser = village.browser(site)
    page = (await browser.get(f"/acts/{act}")).text
    assert ('value="overturned"' in page, 'value="granted"' in page) == (True, False)
    await village.reply(hall.amara, target, hall.thread, "Among us alone.")
    refused = await browser.post(f"/acts/{act}/answer", data=OVERTURNED)
    assert (refused.status_code, WRITTEN_SINCE in refused.text, 'value="granted"' in refused.text) == (409, True, True)
    assert (await browser.post(f"/acts/{act}/answer", data=GRANTED)).status_code == 303
    # Amara, who moved it, is the one who can move it back.
    assert "appeal.granted" in await kinds(village, hall.amara)
    another = await open_hall(village)
    away = await village.network(another.amara)
    other = await move(another, another.amara, away)
    await another.do(another.maeve, "POST", f"/acts/{other}/appeal", {"words": "It was ours."})
    await another.do(site, "POST", f"/acts/{other}/answer", OVERTURNED)
    thread = await another.do(another.maeve, "GET", f"/threads/{another.thread}")
    assert thread["network_id"] == another.place.id


async def test_the_site_overrules_no_move_without_an_appeal(village: Village) -> None:
    hall = await open_hall(village)
    site = await hall.overseer()
    await village.join(hall.place.id, site, "moderator")
    act = await move(hall, hall.amara, await village.network(hall.amara))
    refused = await hall.ask(site, "POST", f"/acts/{act}/undo", {})
    assert (refused.status_code, "moderates both networks" in refused.text) == (409, True)
    assert "Undo this" not in (await village.browser(site).get(f"/acts/{act}")).text


async def test_another_title_given_there_is_not_shown_by_undoing(village: Village) -> None:
    hall = await open_hall(village)
    act = await move(hall, hall.amara, await village.network(hall.amara))
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"title": "Among us", "reason": "Ours."})
    refused = await hall.ask(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert (refused.status_code, WRITTEN_SINCE in refused.text) == (409, True)


async def test_a_hidden_post_in_a_moved_thread_has_somebody_to_grant_its_appeal(village: Village) -> None:
    hall = await open_hall(village)
    await village.join(hall.place.id, hall.olu, "administrator")
    act = await hall.hide(hall.amara)
    await move(hall, hall.amara, await village.network(hall.amara))
    await hall.do(hall.gareth, "POST", f"/acts/{act}/appeal", {"words": "I named nobody."})
    await hall.do(hall.olu, "POST", f"/acts/{act}/answer", GRANTED)
    assert "appeal.granted" in await kinds(village, hall.amara)
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert "act.undone" in await kinds(village, hall.gareth)


async def test_who_began_it_is_led_to_the_second_move_and_appeals(village: Village) -> None:
    hall = await open_hall(village)
    second = await village.network(hall.amara, [hall.olu], access="secret")
    third = await village.network(hall.amara, access="secret")
    helen = await village.person("Helen")
    await village.join(second.id, helen, "administrator")
    await move(hall, hall.amara, second)
    await hall.do(hall.amara, "PATCH", f"/threads/{hall.thread}", {"title": "Among us", "reason": "Ours."})
    assert (await kinds(village, hall.maeve)).count("act.concerns_me") == 1
    act = await move(hall, hall.amara, third, "It is yet others’.")
    found = [line for line in await lines_of(village, hall.maeve) if line["kind"] == "act.concerns_me"]
    assert [line["url"].endswith(f"/acts/{act}") for line in found] == [True, False]
    assert found[0]["text"] == "A network: a moderator has moved your thread"
    page = (await village.browser(hall.maeve).get(f"/acts/{act}")).text
    for words in ("It is yet others’.", "“Night rota”", "a network you can’t see", "You see it otherwise?"):
        assert words in page, words
    for words in ("Among us", second.name, third.name, second.slug):
        assert words not in page, words
    await hall.do(hall.maeve, "POST", f"/acts/{act}/appeal", {"words": "Bring it back."})
    assert "appeal.made" in await kinds(village, helen)
    # Undone, she hears that, too. Whoever belongs no more to where it came from is told of no move.
    await hall.do(hall.amara, "POST", f"/threads/{hall.thread}/move", {"network": second.slug, "reason": "Back."})
    assert "appeal.answered" in await kinds(village, hall.maeve)
    before = len(await kinds(village, hall.maeve))
    await village.remove(hall.place.id, hall.maeve)
    await move(hall, hall.amara, third)
    assert len(await kinds(village, hall.maeve)) == before
