"""Cards are found by what they say, by who may read them, and as they are now."""

from tests.forum.knowledge.deck import ask as call
from tests.forum.knowledge.deck import made_of, make
from tests.forum.search.finding import ask, finds, found
from tests.forum.threads.village import Village


async def test_members_find_cards_and_nobody_else(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth Nuthatch", "Una")
    place = await village.network(amara, [gareth])
    card = await make(village, gareth, place, title="Dunnocks", evidence="**Wheatears** at dawn", place="Whinchat ward")
    for words in ("dunnock", "wheatear", "whinchat", "dunnock wheatear from:nuthatch", "wheatear has:card"):
        assert await finds(village, amara, words) == [card["id"]], words
        assert await found(village, una, words) == await found(village, None, words) == [], words
    assert await found(village, amara, "wheatear", kind="card") == [card["id"]]
    for kind in ("document", "thread"):
        assert await found(village, amara, "wheatear", kind=kind) == []
    assert await found(village, amara, "wheatear has:document") == []
    assert await found(village, amara, "wheatear -dunnock") == []
    (item,) = (await ask(village, amara, "wheatear"))["items"]
    assert (item["kind"], item["excerpt_html"]) == ("card", "<mark>Wheatears</mark> at dawn")
    assert item["url"] == card["url"]
    assert (await ask(village, amara, "dunock"))["corrected"] == [["dunock", "dunnocks"]]
    offered = (await village.browser(gareth).get("/search/suggestions?q=dunno")).json()["items"]
    assert [each["url"] for each in offered] == [f"/cards/{card['id']}"]
    assert (await village.browser(una).get("/search/suggestions?q=dunno")).json()["items"] == []
    assert "Card, <time" in (await village.browser(gareth).get("/search?q=wheatears")).text


async def test_what_is_changed_removed_or_withheld(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    post = await village.reply(gareth, place, await village.thread(gareth, place), "Of somebody")
    card = await made_of(village, gareth, place, "post", post, title="Fieldfares")
    path = f"/cards/{card['id']}"
    assert await finds(village, priya, "fieldfare") == [card["id"]]
    await call(village, gareth, "PATCH", path, {"title": "Redwings"})
    assert await found(village, priya, "fieldfare") == []
    assert await finds(village, priya, "redwing") == [card["id"]]
    await call(village, gareth, "DELETE", path)
    for person in (priya, gareth, amara):
        assert await found(village, person, "redwing") == []
    await call(village, gareth, "POST", f"{path}/restoration")
    assert await finds(village, priya, "redwing") == [card["id"]]
    hiding = {"rule": "patient_data", "reason": "It names somebody"}
    assert (await call(village, amara, "POST", f"/posts/{post}/hiding", hiding)).status_code < 300
    assert await found(village, priya, "redwing") == []
    assert await finds(village, amara, "redwing") == [card["id"]]
    assert await found(village, priya, "redwing") == await found(village, gareth, "redwing") == []
