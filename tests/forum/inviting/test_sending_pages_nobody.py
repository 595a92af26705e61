"""A pasted list that brings nobody says so."""

from tests.forum.inviting.test_sending_pages import look
from tests.forum.inviting.wishes import new_address
from tests.forum.threads.village import Village


async def test_a_list_with_nobody_new_says_so(village: Village) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    address = (await village.viewer(gareth)).account.email  # type: ignore[union-attr]
    page = await look(village.browser(amara), place, f"{address}, bo@trust3")
    assert "There is nobody to invite in this list." in page
    assert "They are invited as" not in page
    assert "There is nobody to invite" not in await look(village.browser(amara), place, new_address())
