"""What the log says of a library: where things went, who looks after them, and who could see them before and after."""

import re
from html import unescape

from tests.forum.documents.shelf import replace, share
from tests.forum.documents.test_folder_commands import change, make
from tests.forum.threads.village import Place, Village, Villager

_ROW = re.compile(r'<li class="log-row".*?</li>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


async def newest_row(village: Village, person: Villager, place: Place) -> str:
    """The words of the newest row of the log."""
    page = (await village.browser(person).get(f"/networks/{place.slug}/log")).text
    return " ".join(unescape(_TAG.sub(" ", _ROW.findall(page)[0])).split())


async def test_a_folder_that_moves_says_where_to_and_whom_it_shuts_out(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    board = await make(village, amara, place, "Board only", narrowed=True)
    papers = await make(village, gareth, place, "Papers")
    assert await change(village, amara, papers, parent=board) == 200
    row = await newest_row(village, amara, place)
    assert "Lies in Board only" in row
    assert "Moderators only no → yes" in row
    assert await change(village, amara, papers, parent=None) == 200
    row = await newest_row(village, amara, place)
    assert "Lies in the first page of the library" in row
    assert "Moderators only yes → no" in row
    assert await change(village, amara, papers, name="Old papers") == 200
    row = await newest_row(village, amara, place)
    assert "Name Papers → Old papers" in row
    assert "Moderators only" not in row
    assert await change(village, amara, papers, narrowed=True) == 200
    assert "Moderators only no → yes" in await newest_row(village, amara, place)


async def test_a_document_says_where_it_lies_who_looks_after_it_and_what_it_is_again(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    papers = await make(village, gareth, place, "Papers")
    document = await share(village, amara, place, "Rota")
    path = f"/api/v1/documents/{document['id']}"
    assert (await village.program(amara).patch(path, json={"folder": papers})).status_code == 200
    assert "Lies in Papers" in await newest_row(village, amara, place)
    assert (await village.program(amara).patch(path, json={"owner": gareth.id})).status_code == 200
    row = await newest_row(village, amara, place)
    assert "Looked after by Gareth" in row
    assert "Lies in" not in row
    assert (await replace(village, gareth, document, 1)).status_code == 201
    assert "same as" not in await newest_row(village, amara, place)
    again = await village.program(gareth).post(f"{path}/versions/1/restoration", json={"base": 2})
    assert again.status_code in (200, 201), again.text
    row = await newest_row(village, amara, place)
    assert "Version 3" in row
    assert "The same as version 1" in row
