"""A card whose day has gone by is grey until its owner has confirmed it; the worker asks them once."""

from datetime import timedelta

from sqlalchemy import update

from forum.knowledge.removing_commands import KEPT_FOR, purge_removed
from forum.knowledge.reviewing_commands import ask_for_reviews
from forum.tables import cards
from ground.columns import now
from tests.forum.knowledge.deck import ask, make, read
from tests.forum.threads.village import Village, Villager


async def _let_pass(village: Village, card_id: str) -> None:
    async with village.state.transaction() as tx:
        yesterday = now().date() - timedelta(days=1)
        await tx.execute(update(cards).where(cards.c.id == card_id).values(review_on=yesterday))
    await ask_for_reviews(village.state)
    await ask_for_reviews(village.state)


async def _told(village: Village, person: Villager) -> list[str]:
    return [line["kind"] for line in (await read(village, person, "/me/notifications")).json()["items"]]


async def test_who_looks_after_it_is_asked_once_and_confirms(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    card = await make(village, gareth, place)
    await _let_pass(village, card["id"])
    assert await _told(village, gareth) == ["card.due"]
    assert await _told(village, amara) == []
    due = f"/networks/{place.slug}/cards?show=review"
    assert [each["id"] for each in (await read(village, priya, due)).json()["items"]] == [card["id"]]
    assert "Needs review" in (await village.browser(priya).get(f"/networks/{place.slug}/knowledge")).text
    page = (await village.browser(priya).get(f"/cards/{card['id']}")).text
    assert ("This may be out of date" in page, "Still right" in page) == (True, False)
    assert "Still right" in (await village.browser(gareth).get(f"/cards/{card['id']}")).text
    answer = await village.browser(gareth).post(f"/cards/{card['id']}/confirmation", data={})
    assert answer.status_code == 303
    assert (await read(village, priya, due)).json()["items"] == []
    assert "This may be out of date" not in (await village.browser(priya).get(f"/cards/{card['id']}")).text
    lines = (await read(village, gareth, "/me/notifications")).json()["items"]
    assert lines[0]["read_at"] is not None


async def test_without_an_owner_its_moderators_are_asked_and_heirs_take_it_over(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    card = await make(village, gareth, place)
    leaving = (await village.browser(gareth).get(f"/networks/{place.slug}/departure")).text
    assert "ne card that they look after" in leaving
    assert (await ask(village, gareth, "DELETE", f"/networks/{place.slug}/members/me")).status_code == 204
    assert (await read(village, priya, f"/cards/{card['id']}")).json()["owner"] is None
    await _let_pass(village, card["id"])
    assert await _told(village, amara) == ["card.due"]
    assert (await ask(village, amara, "POST", f"/cards/{card['id']}/confirmation")).status_code == 200


async def test_what_was_removed_is_deleted_for_good_after_thirty_days(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    card, other = await make(village, gareth, place), await make(village, gareth, place)
    await ask(village, amara, "POST", f"/cards/{card['id']}/uses", {"words": "Here"})
    for each in (card, other):
        assert (await ask(village, gareth, "DELETE", f"/cards/{each['id']}")).status_code == 204
    async with village.state.transaction() as tx:
        old = now() - KEPT_FOR - timedelta(minutes=1)
        await tx.execute(update(cards).where(cards.c.id == card["id"]).values(removed_at=old))
    await purge_removed(village.state)
    assert (await read(village, gareth, f"/cards/{card['id']}")).status_code == 404
    assert (await read(village, gareth, f"/cards/{other['id']}")).status_code == 200
