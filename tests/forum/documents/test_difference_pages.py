"""What changed between two versions is shown in words, from the list of versions and before one replaces another."""

import re

from tests.forum.documents.shelf import Object, replace
from tests.forum.documents.test_preview_commands import when_ready
from tests.forum.threads.village import Place, Village, Villager


async def share_text(village: Village, person: Villager, place: Place, words: str) -> Object:
    """A document of plain text."""
    files = {"file": ("pathway.txt", words.encode(), "text/plain")}
    answer = await village.program(person).post(
        f"/api/v1/networks/{place.slug}/documents", data={"title": "Pathway"}, files=files
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_two_versions_are_compared_by_words(village: Village) -> None:
    amara, gareth, una = await village.people("Amara", "Gareth", "Una")
    place = await village.network(amara, [gareth])
    first = "Introduction.\nCall the ward before nine.\nThe end."
    document = await share_text(village, gareth, place, first)
    mended = first.replace("ward", "team <script>").encode()
    assert (await replace(village, gareth, document, 1, mended)).status_code == 201
    await when_ready(village, amara, document)
    await when_ready(village, amara, document, 2)
    path = f"/documents/{document['id']}"
    page = (await village.browser(amara).get(path)).text
    assert f'href="{path}/versions/2/changes"' in page
    page = (await village.browser(amara).get(f"{path}/versions/2/changes")).text
    plain = re.sub(r"<span class=.visually-hidden.>[^<]*</span>", "", page)
    assert "Call the <del>ward</del><ins>team &lt;script&gt;</ins> before nine." in plain
    assert "Introduction." in page
    again = (await village.browser(amara).get(f"{path}/versions/2/changes?since=1")).text
    assert "<del>" in again
    for odd in (
        "2/changes?since=2",
        "2/changes?since=0",
        "2/changes?since=x",
        "3/changes",
        "2/changes?since=-1",
    ):
        assert (await village.browser(amara).get(f"{path}/versions/{odd}")).status_code == 404, odd
    for person in (una, None):
        assert (await village.browser(person).get(f"{path}/versions/2/changes")).status_code == 404
    assert (await village.program(gareth).delete(f"/api/v1{path}")).status_code == 204
    assert (await village.browser(gareth).get(f"{path}/versions/2/changes")).status_code == 200
    await village.program(gareth).post(f"/api/v1{path}/restoration")
    assert (await village.program(amara).request("DELETE", f"/api/v1{path}", json={"reason": "Old"})).status_code == 204
    una_page = await village.browser(una).get(f"{path}/versions/2/changes")
    assert una_page.status_code == 404


async def test_who_comes_second_may_look_at_what_changed(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    document = await share_text(village, gareth, place, "First")
    assert (await replace(village, gareth, document, 1, b"Second")).status_code == 201
    path = f"/documents/{document['id']}"
    late = await village.browser(amara).post(
        f"{path}/versions", data={"note": "Mine", "base": "1"}, files={"file": ("mine.txt", b"Third", "text/plain")}
    )
    assert late.status_code == 409
    assert f'href="{path}/versions/2/changes?since=1"' in late.text
    assert (await village.browser(amara).get(f"{path}/versions/2/changes?since=1")).status_code == 200
    restored = await village.browser(gareth).post(f"{path}/versions/1/restoration", data={"base": "2"})
    assert restored.status_code == 303
    page = (await village.browser(amara).get(f"{path}/versions/3/changes?since=1")).text
    assert "Both versions are the same file." in page
