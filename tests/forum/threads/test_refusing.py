"""Who may no longer write where they were writing is told why and keeps the words; others learn nothing."""

import re

from ground.columns import new_id
from tests.forum.threads.village import Place, Village, Villager

WORDS = "What I was writing when it happened"
NOTHING = "There is nothing here, or it is not open to you."


async def told(village: Village, person: Villager, thread: str) -> str:
    """What a page says beside the words, which it keeps; the sentence is what a script shows beside the composer."""
    browser, path = village.browser(person), f"/threads/{thread}/posts"
    answer = await browser.post(path, data={"body": WORDS})
    assert 400 <= answer.status_code < 500
    assert WORDS in answer.text
    by_script = await browser.post(path, data={"body": WORDS}, headers={"X-Fragment": "1"})
    found = re.search(r'class="(?:page-lead|error)"[^>]*>(?:<span.*?</span>)?(.*?)</p>', by_script.text, re.DOTALL)
    assert found is not None
    assert found[1].strip() in answer.text
    return found[1].strip()


async def end(village: Village, by: Villager, place: Place, person: Villager, status: str) -> None:
    path = f"/api/v1/networks/{place.slug}/members/{person.id}"
    assert (await village.program(by).patch(path, json={"status": status})).status_code == 200


async def test_who_was_removed_or_banned_is_told_and_others_are_not(village: Village) -> None:
    amara, ben, cleo, outsider = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray", "Olu Ade")
    closed, secret = await village.network(amara, [ben, cleo]), await village.network(amara, [cleo], access="secret")
    thread, hidden = await village.thread(amara, closed), await village.thread(amara, secret)
    await end(village, amara, closed, ben, "removed")
    of_ben = await told(village, ben, thread)
    assert of_ben.startswith(f"{NOTHING} You were removed from “{closed.name}” on ")
    assert "and can’t write there." in of_ben
    assert await told(village, ben, new_id()) == of_ben  # of what never was the same is said
    await end(village, amara, secret, cleo, "banned")
    of_cleo = await told(village, cleo, hidden)
    assert "You were banned from a network on " in of_cleo
    assert secret.name not in of_cleo
    assert await told(village, outsider, thread) == await told(village, outsider, new_id()) == NOTHING


async def test_in_an_open_network_and_in_silence(village: Village) -> None:
    amara, ben, cleo = await village.people("Amara Okafor", "Ben Ito", "Cleo Ray")
    place = await village.network(amara, [ben, cleo], access="open")
    thread = await village.thread(amara, place)
    await end(village, amara, place, ben, "banned")
    assert "You were banned from" in await told(village, ben, thread)
    path = f"/networks/{place.slug}/members/{cleo.id}/silence"
    silenced = await village.browser(amara).post(path, data={"hours": "24", "reason": "Enough."})
    assert silenced.status_code == 303, silenced.text
    assert "A moderator has asked you not to write" in await told(village, cleo, thread)


async def test_a_thread_that_moved_where_the_writer_does_not_read(village: Village) -> None:
    amara, ben, outsider = await village.people("Amara Okafor", "Ben Ito", "Olu Ade")
    here, there = await village.network(amara, [ben]), await village.network(amara)
    thread = await village.thread(amara, here)
    fields = {"network": there.slug, "reason": "It belongs there."}
    assert (await village.browser(amara).post(f"/threads/{thread}/move", data=fields)).status_code == 303
    assert (await told(village, ben, thread)).endswith("You can’t read that one, so nothing was posted.")
    assert await told(village, outsider, thread) == NOTHING
