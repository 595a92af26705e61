""" "We use this too": once by each member, once for each network; a hidden network's word is for its own members."""

from tests.forum.documents.test_lock_commands import lines
from tests.forum.knowledge.deck import ask, make, read
from tests.forum.threads.village import Village


async def test_a_member_says_it_once_and_takes_it_back(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    path = f"/cards/{(await make(village, gareth, place))['id']}"
    assert (await ask(village, gareth, "POST", f"{path}/uses", {})).status_code == 403
    assert await lines(village, gareth) == []
    assert (await ask(village, maeve, "POST", f"{path}/uses", {})).status_code == 404
    said = (await ask(village, priya, "POST", f"{path}/uses", {"words": "On ward 4"})).json()
    assert (said["by"]["id"], said["words"], said["network"]) == (priya.id, "On ward 4", None)
    assert (await read(village, amara, f"{path}/uses/{said['id']}")).json() == said
    told = f"Priya says of “Falls bundle”, a card that you look after in {place.name}: we use this too"
    assert await lines(village, gareth) == [told]
    assert (await lines(village, amara), await lines(village, priya)) == ([], [])
    assert (await ask(village, priya, "POST", f"{path}/uses", {"words": "Again"})).status_code == 409
    assert (await read(village, amara, path)).json()["my"]["use_count"] == 1
    used = f"/networks/{place.slug}/cards?show=used"
    assert len((await read(village, priya, used)).json()["items"]) == 1
    assert (await read(village, amara, used)).json()["items"] == []
    end = f"{path}/uses/{said['id']}"
    assert (await ask(village, gareth, "DELETE", end)).status_code == 403
    assert (await ask(village, priya, "DELETE", end)).status_code == 204
    assert (await read(village, amara, f"{path}/uses")).json()["items"] == []


async def test_a_hidden_network_is_named_to_its_own_members_alone(village: Village) -> None:
    amara, maeve, priya, gareth = await village.people("Amara", "Maeve", "Priya", "Gareth")
    place = await village.network(amara, [priya], access="open")
    hidden = await village.network(maeve, [priya], access="closed", name="Hidden place of Maeve")
    path = f"/cards/{(await make(village, amara, place))['id']}"
    before = {str(who): await _seen(village, who, path) for who in (amara, gareth, None)}
    page = (await village.browser(maeve).get(path)).text
    assert "for its own members alone" in page
    said = await ask(village, maeve, "POST", f"{path}/uses", {"words": "Our clinic", "network": hidden.slug})
    assert (said.status_code, said.json()["network"]["slug"]) == (201, hidden.slug)
    again = await ask(village, maeve, "POST", f"{path}/uses", {"network": hidden.slug})
    assert again.status_code == 409
    assert await lines(village, amara) == []
    # Who administers the card's network learns nothing of it either: no name, no number, no version, no event.
    for who in (amara, gareth, None):
        assert await _seen(village, who, path) == before[str(who)]
        for where in (f"/api/v1{path}/uses", path, f"/networks/{place.slug}/knowledge"):
            text = (await (village.program if where.startswith("/api") else village.browser)(who).get(where)).text
            assert "Our clinic" not in text
            assert hidden.name not in text
            assert hidden.id not in text
    assert hidden.name not in (await village.browser(amara).get(f"/networks/{place.slug}/log")).text
    events = (await read(village, amara, f"/networks/{place.slug}/events?after=0")).json()["items"]
    assert "card.used" not in [each["kind"] for each in events]
    for who in (maeve, priya):
        assert (await read(village, who, path)).json()["my"]["use_count"] == 1
        assert hidden.name in (await village.browser(who).get(path)).text
    listed = (await read(village, priya, f"/networks/{hidden.slug}/cards?show=used")).json()["items"]
    assert [f"/cards/{each['id']}" for each in listed] == [path]
    theirs = (await read(village, priya, f"/networks/{hidden.slug}/events?after=0")).json()["items"]
    assert "card.used" in [each["kind"] for each in theirs]
    # Nobody who may not know of it can take it away; each administrator of that network can.
    end = f"{path}/uses/{said.json()['id']}"
    assert (await read(village, amara, end)).status_code == 404
    assert (await ask(village, amara, "DELETE", end)).status_code == 404
    assert (await ask(village, priya, "DELETE", end)).status_code == 403
    await village.join(hidden.id, gareth, "administrator")
    assert (await ask(village, gareth, "DELETE", end)).status_code == 204
    assert "uses a card" not in (await village.browser(amara).get(f"/networks/{place.slug}/log?kind=documents")).text
    assert "uses a card" in (await village.browser(maeve).get(f"/networks/{hidden.slug}/log?kind=documents")).text


async def _seen(village: Village, who: object, path: str) -> tuple[object, ...]:
    answer = await read(village, who, path)  # type: ignore[arg-type]
    return answer.status_code, answer.json(), answer.headers.get("etag")


async def test_an_open_network_is_named_to_all_and_a_closed_card_to_no_other_network(village: Village) -> None:
    amara, maeve = await village.people("Amara", "Maeve")
    place, other = await village.network(amara, access="open"), await village.network(maeve, access="open")
    path = f"/cards/{(await make(village, amara, place))['id']}"
    assert (await ask(village, maeve, "POST", f"{path}/uses", {})).status_code == 403
    said = (await ask(village, maeve, "POST", f"{path}/uses", {"network": other.slug})).json()
    assert other.name in (await village.browser().get(path)).text
    assert (await ask(village, maeve, "POST", f"{path}/uses", {"network": place.slug})).status_code == 422
    assert (await ask(village, amara, "DELETE", f"{path}/uses/{said['id']}")).status_code == 204
    closed = await village.network(amara, [maeve])
    path = f"/cards/{(await make(village, amara, closed))['id']}"
    assert (await ask(village, maeve, "POST", f"{path}/uses", {"network": other.slug})).status_code == 403


async def test_what_a_closed_network_said_stays_with_its_members_when_it_opens(village: Village) -> None:
    amara, maeve, priya = await village.people("Amara", "Maeve", "Priya")
    place, closed = await village.network(amara, access="open"), await village.network(maeve, [priya])
    path = f"/cards/{(await make(village, amara, place))['id']}"
    assert (await ask(village, maeve, "POST", f"{path}/uses", {"network": closed.slug})).status_code == 201
    change = {"access": "open", "confirm": closed.name}
    assert (await ask(village, maeve, "PATCH", f"/networks/{closed.slug}", change)).status_code == 200
    for who, count in ((amara, 0), (None, 0), (priya, 1)):
        assert (await read(village, who, path)).json()["my"]["use_count"] == count
        assert (closed.name in (await village.browser(who).get(path)).text) == bool(count)


async def test_what_was_made_in_a_closed_network_stays_with_its_members_when_it_opens(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    card = await make(village, gareth, place, title="Said among us")
    change = {"access": "open", "confirm": place.name}
    slug = (await ask(village, amara, "PATCH", f"/networks/{place.slug}", change)).json()["slug"]
    later = (await ask(village, gareth, "POST", f"/networks/{slug}/cards", {**_WORDS, "title": "Said to all"})).json()
    await village.join(place.id, maeve)
    for who in (maeve, None):
        assert (await read(village, who, f"/cards/{card['id']}")).status_code == 404
        assert "Said among us" not in (await village.browser(who).get(f"/networks/{slug}/knowledge")).text
        assert (await read(village, who, f"/cards/{later['id']}")).status_code == 200
    assert (await read(village, gareth, f"/cards/{card['id']}")).status_code == 200
    assert (await ask(village, gareth, "PATCH", f"/cards/{card['id']}", {"title": "Now"})).status_code == 403


_WORDS = {"title": "A title", "problem": "A problem", "done": "Done"}


async def test_who_looks_after_a_card_hears_that_somebody_else_changed_it(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    card = await make(village, gareth, place)
    path = f"/cards/{card['id']}"
    assert (await ask(village, gareth, "PATCH", path, {"done": "Another round."})).status_code == 200
    assert await lines(village, gareth) == []
    assert (await ask(village, amara, "PATCH", path, {"done": "No round."})).status_code == 200
    told = f"Amara changed “Falls bundle”, a card that you look after in {place.name}"
    assert await lines(village, gareth) == [told]
    listed = (await village.program(gareth).get("/api/v1/me/notifications")).json()["items"]
    assert listed[0]["url"].endswith(path)
    assert (await lines(village, amara), await lines(village, priya)) == ([], [])
