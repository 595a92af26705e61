"""A ban that is lifted, or undone: what each does, and what the person is told."""

import asyncio
import re

from tests.forum.accounts.visitor import wait_for_mail, words_of
from tests.forum.networks.test_pages import path_of, sent, shown
from tests.forum.threads.village import Village, Villager
from tests.servers.confer import ConferServer


async def test_who_is_let_in_again_is_told_that_they_may_ask(village: Village, server: ConferServer) -> None:
    amara, gareth = await village.people("Amara Okafor", "Gareth Williams")
    place = await village.network(amara, [gareth])
    browser, path = village.browser(amara), path_of(place, f"/members/{gareth.id}")
    await sent(browser, f"{path}/ban", reason="No more.")
    lifting = await shown(browser, path)
    for words in ("They don’t become a member by that: they may ask to join again", "Undo the removal…"):
        assert words in lifting, words
    await sent(browser, f"{path}/ban/end")
    assert (await village.viewer(gareth)).role_in(place.id) is None
    assert "You are no longer kept out of " + place.name in await shown(village.browser(gareth), "/notifications")
    assert "You are no member by that. You can ask to join again." in await letter_of_end(village, server, gareth)
    assert "Undo the removal" not in await shown(browser, path)


async def test_a_ban_that_is_undone_makes_them_a_member_again_and_tells_them(
    village: Village, server: ConferServer
) -> None:
    amara, gareth, olu = await village.people("Amara Okafor", "Gareth Williams", "Olu Adeyemi")
    place = await village.network(amara, [gareth])
    path = path_of(place, f"/members/{gareth.id}")
    await sent(village.browser(amara), f"{path}/ban", reason="A slip.")
    found = re.search(r'href="(/acts/[^"]+)"', await shown(village.browser(amara), path))
    assert found is not None
    await sent(village.browser(amara), f"{found.group(1)}/undo")
    assert (await village.viewer(gareth)).role_in(place.id) == "member"
    undone = f"Your removal from {place.name} was undone: you are a member again"
    assert undone in await shown(village.browser(gareth), "/notifications")
    assert undone in await letter_of_end(village, server, gareth, f"You are a member of {place.name} again")
    # Who was never a member is told that they may ask, and is offered nothing more.
    await sent(village.browser(olu), path_of(place, "/membership"))
    await sent(village.browser(amara), path_of(place, f"/members/{olu.id}/ban"), reason="Known.")
    assert "Undo the removal" not in await shown(village.browser(amara), path_of(place, f"/members/{olu.id}"))


async def letter_of_end(
    village: Village, server: ConferServer, person: Villager, about: str = "no longer kept out"
) -> str:
    """The words of the letter to somebody who is kept out no longer."""
    address = (await village.viewer(person)).account.email  # type: ignore[union-attr]
    mail = await asyncio.to_thread(wait_for_mail, server, address, about=about)
    return " ".join(words_of(mail).split())
