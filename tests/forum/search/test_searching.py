"""Who finds what: what they may read, and nothing by which they could tell that there is more."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from forum.search import match_queries, newest_queries, searching
from forum.search.language import Match, Wish, read_wish
from forum.search.places import Spot
from forum.search.searching import words_shown
from forum.search.tags import LAST_ROW
from forum.tables import networks
from tests.forum.attachments.bringing import PDF, bring, send
from tests.forum.search.finding import ask, finds, found, indexed, read_all_over
from tests.forum.threads.village import Place, Village, Villager


async def open_network(village: Village, who: Villager, place: Place, access: str = "open", **more: object) -> None:
    answer = await village.program(who).patch(
        f"/api/v1/networks/{place.slug}", json={"access": access, "confirm": place.name, **more}
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("access", ["closed", "unlisted", "secret"])
async def test_members_find_and_nobody_else(village: Village, access: Any) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth], access=access)
    thread = await village.thread(amara, place, "Aardvark", "First words")
    post = await village.reply(gareth, place, thread, "About an armadillo")
    assert await finds(village, gareth, "armadillo") == [post]
    nothing = (await ask(village, una, "aardwolf")) | {"as_of": None}
    for who, words in ((una, "aardvark"), (una, "armadillo"), (una, "armadilo"), (una, f"armadillo in:{place.slug}")):
        assert (await ask(village, who, words)) | {"as_of": None} == nothing
    for words in ("aardvark", "armadillo"):
        assert await found(village, None, words) == []
        assert await found(village, una, words, network=place.slug) == []
    await village.remove(place.id, gareth)
    assert await found(village, gareth, "armadillo") == []
    assert await found(village, amara, "armadillo") == [post]


async def test_open_networks_are_found_by_all(village: Village) -> None:
    amara, una = await village.people("Amara", "Una")
    place = await village.network(amara, access="open", name="Meerkat watch")
    thread = await village.thread(amara, place, "Suricates", "First words")
    assert await finds(village, una, "suricate") == [thread]
    assert await found(village, None, "suricate") == [thread]
    await read_all_over(village)
    assert place.id in await found(village, None, "meerkat")
    await open_network(village, amara, place, "closed")
    assert await found(village, una, "suricate") == []
    assert await found(village, amara, "suricate") == [thread]


async def test_what_stayed_with_the_members_of_an_opened_network(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth])
    kept = await village.thread(amara, place, "Kept hoopoe", "First words")
    await indexed(village)
    await open_network(village, amara, place)
    begun = await village.thread(amara, place, "Begun hoopoe", "First words")
    assert set(await finds(village, gareth, "hoopoe")) == {kept, begun}
    assert await found(village, una, "hoopoe") == [begun]
    assert await found(village, None, "hoopoe") == [begun]
    # A word that only members can find is no help to others, and no hindrance.
    hidden = await ask(village, una, "kepd hoopoe")
    assert (hidden["items"], hidden["corrected"]) == ([], [])


async def test_networks_by_name_as_the_directory_shows_them(village: Village) -> None:
    amara, una = await village.people("Amara", "Una")
    made = {
        access: await village.network(amara, access=access, name=f"Pelican {access}")  # type: ignore[arg-type]
        for access in ("open", "closed", "unlisted", "secret")
    }
    await indexed(village)
    await read_all_over(village)
    ids = {access: place.id for access, place in made.items()}
    assert set(await found(village, amara, "pelican", kind="network")) == set(ids.values())
    assert set(await found(village, una, "pelican")) == {ids["open"], ids["closed"]}
    assert set(await found(village, None, "pelicans")) == {ids["open"], ids["closed"]}


async def test_people_are_found_by_those_who_meet_them(village: Village) -> None:
    amara, gareth, una = await village.people("Amara Flamingo", "Gareth", "Una")
    place = await village.network(amara, [gareth], access="secret")
    assert await finds(village, gareth, "flamingo") == [amara.id]
    assert await found(village, una, "flamingo") == []
    assert await found(village, None, "flamingo") == []
    await village.remove(place.id, gareth)
    assert await found(village, gareth, "flamingo") == []


async def test_from_and_in(village: Village) -> None:
    amara, gareth, una = await village.people("Amara Albatross", "Gareth Gannet", "Una")
    here = await village.network(amara, [gareth], name="Seabird board")
    there = await village.network(amara, [gareth])
    one = await village.thread(amara, here, "Puffin", "First")
    two = await village.thread(gareth, there, "Puffin", "Second")
    assert set(await finds(village, gareth, "puffin")) == {one, two}
    assert await found(village, gareth, "puffin from:albatross") == [one]
    assert await found(village, gareth, 'from:"Gareth Gannet" puffin') == [two]
    assert await found(village, gareth, "puffin from:me") == [two]
    assert await found(village, gareth, "puffin", by="amara albatross") == [one]
    assert await found(village, gareth, 'puffin in:"seabird board"') == [one]
    assert await found(village, gareth, f"puffin in:{there.slug}") == [two]
    assert await found(village, gareth, "puffin", network=here.slug) == [one]
    assert await found(village, gareth, "from:albatross in:seabird") == [one]
    assert await found(village, gareth, "puffin from:una") == []
    assert await found(village, una, "puffin from:albatross") == []
    assert await found(village, gareth, "puffin", since="2020-01-01", until="2020-12-31") == []
    assert set(await found(village, gareth, "puffin", since="2020-01-01")) == {one, two}
    assert await found(village, gareth, "puffin", kind="post") == []


async def test_typing_errors_are_forgiven_by_what_one_can_read(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth])
    thread = await village.thread(amara, place, "Hippopotamuses", "Wallabies by night")
    await indexed(village)
    answer = await ask(village, gareth, "hipopotamus nigth")
    assert [item["id"] for item in answer["items"]] == [thread]
    assert answer["corrected"] == [["hipopotamus", "hippopotamuses"], ["nigth", "night"]]
    assert (await ask(village, una, "hipopotamus"))["corrected"] == []
    assert await found(village, gareth, '"hipopotamus"') == [thread]  # one word in quotes is a word
    assert await found(village, gareth, '"wallabies by nigth"') == []


async def test_pages_follow_each_other_to_the_end(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 4)
    amara = await village.person("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Birds", "First")
    written = [await village.reply(amara, place, thread, "kookaburra " * (1 + number % 3)) for number in range(11)]
    await indexed(village)
    viewer = await village.viewer(amara)
    seen: list[str] = []
    spot, pages = Spot(1_900_000_000), 0
    original = searching.list_content

    async def list_few(*arguments: Any, **more: Any) -> Any:
        return await original(*arguments, **{"at_most": 4, **more})

    monkeypatch.setattr(searching, "list_content", list_few)
    while spot is not None:
        async with village.state.database.read() as connection:
            asked = searching.Asked(read_wish("kookaburra"), spot)
            page = await searching.find(connection, viewer, asked, 3)
        seen += [row.object_id for row in page.rows]
        spot, pages = page.later, pages + 1  # type: ignore[assignment]
        assert len(page.rows) == 3 or spot is None
    assert sorted(seen) == sorted(written)
    assert len(seen) == len(set(seen)) == 11
    assert pages == 4


async def test_what_is_rare_and_old_is_found_below_many_that_are_newer(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the rows that are looked through one by one none matches: the rest is asked of the index."""
    monkeypatch.setattr(newest_queries, "STEPS", ((4, 150), (2, 6)))
    monkeypatch.setattr(newest_queries, "STEPS_OF_DOCUMENTS", ((1, 2),))
    amara, gareth = await village.people("Amara", "Gareth")
    place, hidden = await village.network(amara, [gareth]), await village.network(amara)
    thread = await village.thread(amara, place, "Old", "A firecrest among the wrens")
    for number in range(12):
        await village.reply(amara, place, thread, f"Wrens {number}")
    other = await village.thread(amara, hidden, "Elsewhere", "A firecrest among the wrens")
    await indexed(village)
    for who, expected in ((amara, [thread, other]), (gareth, [thread])):
        assert set(await find_in_process(village, who, "firecrest wrens")) == set(expected)
        assert len(await find_in_process(village, who, "wrens -firecrest")) == 12
        assert await find_in_process(village, who, '"wrens 3" -firecrest') != []
        assert await find_in_process(village, who, "firecrest -wrens") == []


async def test_however_few_are_looked_through_the_newest_are_found(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In steps, by an estimate that turns out too small, or in the index: the same rows in the same order."""
    amara = await village.person("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Birds", "First")
    for number in range(24):
        await village.reply(amara, place, thread, "waxbills" if number < 6 or number % 4 == 0 else f"Quiet {number}")
    await indexed(village)
    match = Match(read_wish("waxbills"), ()).text(village.state.database.dialect)
    async with village.state.database.read() as connection:
        newest = partial(newest_queries.list_newest, connection, match, least=0)
        every = await newest(below=LAST_ROW, at_most=300)
        assert len(every) == 10
        assert every == sorted(every, reverse=True)
        for steps in (((2, 6), (3, 6)), ((4, 150), (2, 150)), ((5, 1), (1, 1)), ((1, 1),), ((50, 1),)):
            monkeypatch.setattr(newest_queries, "STEPS", steps)
            for at_most in (1, 3, 7, 10, 11):
                assert await newest(below=LAST_ROW, at_most=at_most) == every[:at_most]
                assert await newest(below=every[2], at_most=at_most) == every[3 : 3 + at_most]


async def test_what_others_may_not_read_hides_nothing_of_what_they_may(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads very many networks asks without naming them: more is looked at until enough of it is theirs."""
    monkeypatch.setattr(searching, "MOST_NAMED", 0)
    amara, gareth = await village.people("Amara", "Gareth")
    place, hidden = await village.network(amara, [gareth]), await village.network(amara)
    thread = await village.thread(amara, place, "Shrikes", "First")
    secret = await village.thread(amara, hidden, "Shrikes", "First")
    for number in range(7):
        await village.reply(amara, hidden, secret, f"A shrike {number}")
    await indexed(village)
    viewer = await village.viewer(gareth)
    match = Match(read_wish("shrike"), ()).text(village.state.database.dialect)
    async with village.state.database.read() as connection:
        rows = await match_queries.list_content(connection, viewer, match, at_most=1)
        assert [row.object_id for row in rows] == [thread]


async def find_in_process(village: Village, who: Villager, q: str) -> list[str]:
    viewer = await village.viewer(who)
    async with village.state.database.read() as connection:
        page = await searching.find(connection, viewer, searching.Asked(read_wish(q), Spot(0)), 20)
    return [row.object_id for row in page.rows]


async def test_the_api_goes_on_where_a_page_ended(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Birds", "First")
    written = [await village.reply(amara, place, thread, f"Lyrebird {number}") for number in range(5)]
    assert len(await finds(village, amara, "lyrebird", limit="2")) == 2
    seen, after = [], ""
    while after is not None:
        answer = await ask(village, amara, "lyrebird", limit="2", **({"after": after} if after else {}))
        seen += [item["id"] for item in answer["items"]]
        after = answer["next"]
    assert sorted(seen) == sorted(written)


async def test_whoever_reads_very_many_networks(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_NAMED", 1)
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    one, other = await village.network(amara, [gareth]), await village.network(amara, [gareth])
    await village.network(amara, [una])
    thread = await village.thread(amara, one, "Cormorant", "First")
    await indexed(village)
    for who, expected in ((gareth, [thread]), (una, [])):
        viewer = await village.viewer(who)
        async with village.state.database.read() as connection:
            asked = searching.Asked(read_wish("cormorant"), Spot(0))
            page = await searching.find(connection, viewer, asked, 20)
        assert [row.object_id for row in page.rows] == expected
    assert other.id


async def test_long_texts_and_their_phrases(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    long = "the heron " * 400 + "stands by the bittern " + "the heron " * 300
    thread = await village.thread(amara, place, "Waders", long)
    assert await finds(village, amara, '"heron stands by the bittern the heron"') == [thread]
    assert await found(village, amara, '"bittern stands"') == []
    assert await found(village, amara, 'heron -"by the bittern"') == []
    assert await found(village, amara, 'heron -"bittern stands"') == [thread]


async def test_marks_words_and_says_where(village: Village) -> None:
    amara = await village.person("Amara Egret")
    place = await village.network(amara)
    thread = await village.thread(amara, place, "Spoonbills & <others>", "They *wade*, & <b>spoonbills</b> too")
    await indexed(village)
    (item,) = (await ask(village, amara, "spoonbill"))["items"]
    assert item["title_html"] == "<mark>Spoonbills</mark> &amp; &lt;others&gt;"
    assert item["excerpt_html"] == "They wade, &amp; &lt;b&gt;<mark>spoonbills</mark>&lt;/b&gt; too"
    assert item["network"] == {"id": place.id, "slug": place.slug, "name": place.name}
    assert item["author"] == {"id": amara.id, "name": "Amara Egret"}
    assert item["url"].endswith(f"/threads/{thread}")
    assert (item["kind"], item["number"], item["thread_id"]) == ("thread", None, thread)


async def test_a_deleted_network_is_nowhere(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara, access="open", name="Grebe friends")
    await village.thread(amara, place, "Grebes", "First")
    assert len(await finds(village, amara, "grebes")) >= 1
    async with village.state.transaction() as tx:
        gone = {"access": "secret", "name": "", "version": networks.c.version + 1}
        await tx.execute(update(networks).where(networks.c.id == place.id).values(**gone))
    assert await found(village, None, "grebes") == []


def test_words_are_shown_as_they_stand_in_what_was_found() -> None:
    found_ = searching.Found((), None, 0, Wish(), (("nigth", "night"),))
    assert words_shown("Nigth", found_, []) == [("Nigth", "night")]


async def test_a_post_is_found_by_what_its_files_are_called_and_its_pictures_show(village: Village) -> None:
    amara, gareth, maeve = await village.people("Amara", "Gareth", "Maeve")
    place = await village.network(amara, [gareth])
    thread_id = await village.thread(amara, place)
    picture = await bring(village, gareth, place, name="IMG-osprey.png", alt="A heron beside the weir")
    paper = await bring(village, gareth, place, PDF, name="Kingfisher rota.pdf")
    post = (await send(village, gareth, thread_id, [picture, paper])).json()
    for q in ("osprey", "herons", '"beside the weir"', '"kingfisher rota"'):
        assert await finds(village, amara, q) == [post["id"]], q
        assert await finds(village, maeve, q) == [], q
        assert await finds(village, None, q) == [], q
    (item,) = (await ask(village, amara, "heron"))["items"]
    assert "heron" in item["excerpt_html"]
    # An edit that takes one out takes its words out.
    program, path = village.program(gareth), f"/api/v1/posts/{post['id']}"
    kept = [{"id": paper["id"], "alt": ""}]
    assert (await program.patch(path, json={"body": "See below.", "files": kept})).status_code == 200
    assert await finds(village, amara, "heron") == []
    assert await finds(village, amara, "kingfisher") == [post["id"]]
    assert (await program.delete(path)).status_code in (200, 204)
    assert await finds(village, amara, "kingfisher") == []
