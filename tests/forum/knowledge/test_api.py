"""Cards as programs make, read, change and confirm them."""

from datetime import timedelta

from ground.columns import now
from tests.forum.knowledge.deck import WORDS, ask, made_of, make, read
from tests.forum.threads.village import Village


async def test_a_card_as_a_program_sees_it(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    thread = await village.thread(gareth, place, "Falls at night")
    card = await made_of(village, gareth, place, "thread", thread, place="Two wards", contact="Gareth, ext. 12")
    year = (now().date() + timedelta(days=365)).isoformat()
    assert (card["title"], card["done"], card["place"]) == (WORDS["title"], WORDS["done"], "Two wards")
    assert card["review_on"] == year
    assert (card["owner"]["id"], card["number"], card["version"], card["withheld"]) == (gareth.id, 1, 1, False)
    assert card["my"] == {
        "source": {"kind": "thread", "id": thread, "url": f"{village.url}/threads/{thread}"},
        "use_count": 0,
    }
    path = f"/cards/{card['id']}"
    assert (await read(village, amara, path)).json() == card
    listed = (await read(village, amara, f"/networks/{place.slug}/cards")).json()
    assert (listed["items"], listed["next"]) == ([card], None)
    for person in (maeve, None):
        for under in ("", "/wordings", "/uses"):
            assert (await read(village, person, path + under)).status_code == 404


async def test_it_is_changed_by_who_may_and_keeps_what_it_said(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara, [gareth, priya])
    path = f"/cards/{(await make(village, gareth, place))['id']}"
    assert (await ask(village, priya, "PATCH", path, {"title": "Mine"})).status_code == 403
    assert (await ask(village, maeve, "PATCH", path, {"title": "Mine"})).status_code == 404
    changed = (await ask(village, amara, "PATCH", path, {"title": "Bundle", "owner": priya.id})).json()
    assert (changed["title"], changed["number"], changed["author"]["id"]) == ("Bundle", 2, amara.id)
    assert changed["owner"]["id"] == priya.id
    stale = await village.program(priya).patch(f"/api/v1{path}", json={"done": "No"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    wordings = (await read(village, priya, f"{path}/wordings")).json()["items"]
    assert [(each["number"], each["title"]) for each in wordings] == [(2, "Bundle"), (1, WORDS["title"])]
    for wrong in ({"owner": maeve.id}, {"title": " "}, {"done": "x" * 4_001}, {"review_on": "2020-01-01"}):
        assert (await ask(village, amara, "PATCH", path, wrong)).status_code == 422, wrong
    log = (await village.browser(amara).get(f"/networks/{place.slug}/log?kind=documents")).text
    assert "changed a card" in log


async def test_a_source_must_be_of_the_network_and_to_be_read(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place, other = await village.network(amara, [gareth]), await village.network(amara, [maeve])
    thread = await village.thread(amara, other, "Elsewhere")
    path = f"/networks/{place.slug}/cards"
    for wrong in ({"source_id": thread, "source_kind": "thread"}, {"source_id": thread}, {"source_kind": "thread"}):
        assert (await ask(village, amara, "POST", path, {**WORDS, **wrong})).status_code == 422, wrong
    assert (await ask(village, maeve, "POST", path, dict(WORDS))).status_code == 404


async def test_only_who_looks_after_it_confirms_it(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    card = await make(village, gareth, place, review_on=(now().date() + timedelta(days=2)).isoformat())
    path = f"/cards/{card['id']}/confirmation"
    assert (await ask(village, amara, "POST", path)).status_code == 403
    confirmed = await ask(village, gareth, "POST", path, {"review_on": (now().date() + timedelta(days=9)).isoformat()})
    assert confirmed.json()["review_on"] == (now().date() + timedelta(days=9)).isoformat()
    assert (await ask(village, gareth, "POST", path, {})).json()["review_on"] > confirmed.json()["review_on"]
    assert (await read(village, amara, f"/cards/{card['id']}")).json()["confirmed_at"] is not None


async def test_removed_it_is_for_who_looks_after_it_and_moderators(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    path = f"/cards/{(await make(village, gareth, place))['id']}"
    assert (await ask(village, amara, "DELETE", path)).status_code == 422
    assert (await ask(village, amara, "DELETE", path, {"reason": "Superseded"})).status_code == 204
    assert (await read(village, priya, path)).status_code == 404
    assert (await read(village, gareth, path)).json()["removed_at"] is not None
    told = (await read(village, gareth, "/me/notifications")).json()["items"]
    assert [line["kind"] for line in told] == ["act.concerns_me"]
    assert "Superseded" in (await village.browser(gareth).get(path)).text
    assert (await read(village, amara, f"/networks/{place.slug}/cards")).json()["items"] == []
    assert (await ask(village, gareth, "POST", f"{path}/restoration")).status_code == 403
    assert (await ask(village, amara, "POST", f"{path}/restoration")).status_code == 200
    assert (await read(village, priya, path)).status_code == 200


async def test_lists_come_whole_in_parts(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    made = [(await make(village, amara, place, title=f"Card {number}"))["id"] for number in range(5)]
    found: list[str] = []
    after = ""
    for _ in range(3):
        page = (await read(village, amara, f"/networks/{place.slug}/cards?limit=2&after={after}")).json()
        found += [each["id"] for each in page["items"]]
        after = page["next"] or ""
    assert (found, after) == (made[::-1], "")
    for wrong in ("after=x", "show=odd", "after=WyJ4IiwgInkiXQ", "limit=101"):
        assert (await read(village, amara, f"/networks/{place.slug}/cards?{wrong}")).status_code == 422, wrong


async def test_who_uses_it_is_paged_and_each_is_found(village: Village) -> None:
    amara, gareth, priya = await village.people("Amara", "Gareth", "Priya")
    place = await village.network(amara, [gareth, priya])
    uses = f"/cards/{(await make(village, amara, place))['id']}/uses"
    said = [(await ask(village, person, "POST", uses, {"words": "Here"})).json()["id"] for person in (gareth, priya)]
    newest = (await read(village, amara, f"{uses}?limit=1")).json()
    oldest = (await read(village, amara, f"{uses}?limit=1&after={newest['next']}")).json()
    assert [each["items"][0]["id"] for each in (newest, oldest)] == said[::-1]
    assert oldest["next"] is None
    assert (await read(village, amara, f"{uses}?after=nonsense")).status_code == 422
    assert (await ask(village, gareth, "DELETE", f"{uses}/{said[0]}")).status_code == 204
    assert (await read(village, amara, f"{uses}/{said[0]}")).status_code == 404
