"""The page of the search without a script, and what is offered to whoever has one."""

from html import unescape

from tests.forum.search.finding import indexed, read_all_over
from tests.forum.threads.village import Village


async def test_the_page_shows_what_was_found(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara, name="Ward sparrows")
    thread = await village.thread(amara, place, "Sparrows at night", "They sleep")
    post = await village.reply(amara, place, thread, "Sparrows, <b>again</b>")
    assert post
    await indexed(village)
    page = (await village.browser(amara).get("/search", params={"q": "sparrow"})).text
    assert f'<a href="/threads/{thread}"><mark>Sparrows</mark> at night</a>' in page
    assert f'<a href="/threads/{thread}?at=2#post-2">' in page
    assert "<mark>Sparrows</mark>, &lt;b&gt;again&lt;/b&gt;" in page
    assert '<input id="search" name="q" type="search" value="sparrow"' in page
    assert '<form class="search" action="/search"' in page
    assert f'<option value="{place.slug}">Ward sparrows</option>' in page


async def test_nothing_asked_and_nothing_found(village: Village) -> None:
    amara = await village.person("Amara")
    browser = village.browser(amara)
    assert "finds them side by side" in (await browser.get("/search")).text
    assert "Nothing that you can read has all these words" in (await browser.get("/search?q=qqqqzzzz")).text
    narrowed = (await browser.get("/search?q=qqqqzzzz&since=2026-01-01")).text
    assert 'href="/search?q=qqqqzzzz">Search everywhere' in narrowed


async def test_what_can_not_be_taken(village: Village) -> None:
    browser = village.browser(await village.person("Amara"))
    answer = await browser.get("/search?q=a&since=yesterday&until=2026-02-30")
    assert answer.status_code == 422
    assert answer.text.count("Write a day as 2026-03-31.") == 2
    assert 'value="yesterday"' in answer.text
    assert (await browser.get("/search?q=a&after=nonsense")).status_code == 422
    assert (await browser.get(f"/search?q={'a' * 500}&kind=nothing&other=1&network=a%00b")).status_code == 200
    assert (await browser.get("/search?q=%00%22*%20AND%20(%20-")).status_code == 200


async def test_corrections_are_said(village: Village) -> None:
    amara = await village.person("Amara")
    place = await village.network(amara)
    await village.thread(amara, place, "Nightingales", "They sing")
    await indexed(village)
    page = (await village.browser(amara).get("/search?q=nightingals")).text
    assert "Nightingales" in page
    page = (await village.browser(amara).get("/search?q=nihgtingale")).text
    assert "Nothing was found for <q>nihgtingale</q>" in page
    assert "<b>nightingales</b>" in page


async def test_what_is_offered_while_somebody_types(village: Village) -> None:
    amara, gareth, una = await village.people("Amara Kestrel", "Gareth", "Una")
    place = await village.network(amara, [gareth], name="Kestrels of the north", access="secret")
    thread = await village.thread(amara, place, "Where kestrels nest", "On the roof")
    await indexed(village)
    await read_all_over(village)

    async def offered(person: object, typed: str) -> list[tuple[str, str, str]]:
        answer = await village.browser(person).get("/search/suggestions", params={"q": typed})  # type: ignore[arg-type]
        assert answer.headers["cache-control"] == "private, no-store"
        return [(item["text"], item["note"], item["url"]) for item in answer.json()["items"]]

    assert await offered(gareth, "kestr") == [
        ("Kestrels of the north", "Network", f"/networks/{place.slug}"),
        ("Amara Kestrel", "Person", f"/people/{amara.id}"),
        ("Where kestrels nest", "Kestrels of the north", f"/threads/{thread}"),
    ]
    assert await offered(gareth, "kestrels ne") == [
        ("Where kestrels nest", "Kestrels of the north", f"/threads/{thread}")
    ]
    for typed in ("k", "", "roof", "from:kes", '"kes'):
        assert await offered(gareth, typed) == []
    assert await offered(una, "kestr") == await offered(None, "kestr") == []


async def test_what_was_not_understood_is_said(village: Village) -> None:
    amara, maeve = await village.people("Amara", "Maeve")
    await village.network(amara)
    browser = village.browser(amara)

    async def shown(**query: str) -> str:
        return unescape((await browser.get("/search", params=query)).text)

    for q, sentence in (
        ("from:nobody-of-that-name", "Nobody whom you can see is called “nobody-of-that-name”."),
        (f'from:"{maeve.name}"', f"Nobody whom you can see is called “{maeve.name}”."),
        ("in:nowhere-at-all", "No network that you can read is called “nowhere-at-all”."),
        ("has:unicorn", "“has:unicorn” was looked for as words"),
    ):
        page = await shown(q=q)
        assert sentence in page, q
        assert "has all these words" not in page, q
    alone = await shown(q="-velvet")
    assert "This only says what to leave out." in alone
    assert "finds both words" in alone
    span = await browser.get("/search", params={"q": "velvet", "since": "2026-03-31", "until": "2026-03-01"})
    assert span.status_code == 422
    assert "This day comes before" in unescape(span.text)
    assert "whom you can see" not in await shown(q="from:me")
    assert "Nobody whom you can see is called “Maeve Nobody”." in await shown(q="velvet", by="Maeve Nobody")
