"""Numbers count people and name nobody; one or two who came are not counted out."""

from forum.filing import charge
from forum.stewardship.numbers_commands import count_weeks
from forum.stewardship.numbers_pages import draw
from tests.forum.documents.shelf import PDF, share
from tests.forum.threads.village import Village


async def test_numbers_by_week(village: Village) -> None:
    amara, gareth, priya, maeve = await village.people("Amara", "Gareth", "Priya", "Maeve")
    place = await village.network(amara)
    path = f"/networks/{place.slug}/numbers"
    for thread in range(2):
        await village.thread(amara, place, f"Thread {thread}")
    await village.program(maeve).put(f"/api/v1/networks/{place.slug}/members/me", json={"words": "May I?"})
    first = (await village.program(amara).get(f"/api/v1{path}")).json()
    assert (first["items"][0]["posts"], first["items"][0]["active"], first["waiting"]) == (2, None, 1)
    assert first["items"][0]["asked"] == 1
    page = (await village.browser(amara).get(path)).text
    assert "fewer than 3" in page
    for person in (gareth, priya):
        await village.join(place.id, person)
    await count_weeks(village.state)
    week = (await village.program(amara).get(f"/api/v1{path}")).json()["items"][0]
    assert (week["members"], week["active"]) == (3, 3)
    file = await village.browser(amara).get(f"{path}/file")
    assert file.headers["content-type"].startswith("text/csv")
    lines = file.text.lstrip("\ufeff").splitlines()
    assert lines[0] == "Week from,Members at its end,Active members,Posts,Requests to join"
    assert lines[1].split(",")[1:] == ["3", "3", "2", "1"]
    for name in ("Amara", "Gareth", "Priya", "Maeve"):
        assert name not in file.text
    assert (await village.browser(gareth).get(path)).status_code == 403


def test_bars_are_as_high_as_their_numbers() -> None:
    chart = draw("Posts", [4, 0, 8])
    assert [bar.height for bar in chart.bars] == [80, 0, 40]
    assert draw("Posts", []).bars == []
    assert [bar.height for bar in draw("Posts", [0, 0]).bars] == [0, 0]


def test_weeks_of_which_nothing_is_known_do_not_look_like_zero() -> None:
    chart = draw("Active members", [1, 0, None, 5])
    assert chart.width == 130  # before it began there is no bar, and no line to stand for nothing
    assert chart.ground == [90, 110, 120]
    assert [(bar.x, bar.is_running) for bar in chart.bars] == [(90, False), (110, False), (120, True)]
    year = draw("Members", list(range(52)))
    assert (year.width, year.ground[0], year.bars[-1].is_running) == (520, 0, True)


async def test_how_full_it_is_of_files_is_shown_before_it_is_full(village: Village) -> None:
    amara = await village.person()
    place = await village.network(amara)
    path, settings = f"/networks/{place.slug}/numbers", village.state.settings
    page = (await village.browser(amara).get(path)).text
    assert "<dt>Files</dt><dd>none yet; there is room for 10,000 MB</dd>" in page
    async with village.state.transaction() as tx:
        await charge(tx, settings, place.id, 8_999_000_000)
    assert "nearly full" not in (await village.browser(amara).get(path)).text
    async with village.state.transaction() as tx:
        await charge(tx, settings, place.id, 1_000_000)
    page = (await village.browser(amara).get(path)).text
    assert "<dd>9,000 MB of 10,000 MB <strong>nearly full</strong>" in page
    told = (await village.program(amara).get(f"/api/v1{path}")).json()
    assert (told["stored_bytes"], told["most_bytes"]) == (9_000_000_000, 10_000_000_000)


async def test_what_is_withdrawn_counts_until_it_is_deleted_and_the_page_says_so(village: Village) -> None:
    amara = await village.person()
    place = await village.network(amara)
    path = f"/networks/{place.slug}/numbers"
    document = await share(village, amara, place, data=PDF + bytes(1_500_000))
    assert "withdrawn" not in (await village.browser(amara).get(path)).text
    asked = (await village.browser(amara).get(f"/documents/{document['id']}/withdrawal")).text
    assert "and only then is its room free for other files" in asked
    await village.program(amara).request("DELETE", f"/api/v1/documents/{document['id']}", json={"reason": ""})
    page = (await village.browser(amara).get(path)).text
    assert "<dd>2 MB of 10,000 MB" in page
    assert "2 MB of it is withdrawn, and comes back when that is deleted for good, 30 days after" in page
