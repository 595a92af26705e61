"""What the log says of who could see something at a moment stays said, whatever becomes of the network later."""

from datetime import datetime

from ground.columns import now
from tests.forum.audit_log.test_audience_pages import at, roles
from tests.forum.threads.village import Place, Village, Villager


async def set_access(village: Village, by: Villager, place: Place, access: str, **more: object) -> datetime:
    """Change who can see the network; a moment at which that is so."""
    body = {"access": access, "confirm": place.name, **more}
    answer = await village.program(by).patch(f"/api/v1/networks/{place.slug}", json=body)
    assert answer.status_code == 200, answer.text
    return now()


async def test_opening_with_the_past_changes_no_answer_about_the_past(village: Village) -> None:
    amara, ben, vic = await village.people("Amara Okafor", "Ben Ito", "Vic Lee")
    place = await village.network(amara, [ben])
    thread = await village.thread(ben, place, "From before")
    moments = [await set_access(village, amara, place, "open", with_past=False)]
    await village.join(place.id, vic)
    later = await village.thread(ben, place, "While it was open")
    moments.append(await set_access(village, amara, place, "closed"))
    assert (await village.program(vic).get(f"/api/v1/threads/{thread}")).status_code == 404
    told = [roles(await at(village, amara, place, each, moments[1])) for each in (thread, later)]
    assert told == [
        {"Amara Okafor": "administrator", "Ben Ito": "member"},
        {"Amara Okafor": "administrator", "Ben Ito": "member", "Vic Lee": "member"},
    ]
    before = [[roles(await at(village, amara, place, each, at_)) for each in (thread, later)] for at_ in moments[1:]]
    await set_access(village, amara, place, "open", with_past=True)
    assert (await village.program(vic).get(f"/api/v1/threads/{thread}")).status_code == 200
    after = [[roles(await at(village, amara, place, each, at_)) for each in (thread, later)] for at_ in moments[1:]]
    assert after == before
    assert "Vic Lee" in roles(await at(village, amara, place, thread, now()))


async def test_nor_does_opening_and_closing_it_again_without(village: Village) -> None:
    amara, ben, vic = await village.people("Amara Okafor", "Ben Ito", "Vic Lee")
    place = await village.network(amara, [ben])
    await village.thread(ben, place, "From before")
    await set_access(village, amara, place, "open", with_past=False)
    await village.join(place.id, vic)
    theirs = await village.thread(ben, place, "While it was open")
    closed = await set_access(village, amara, place, "closed")
    assert "Vic Lee" in roles(await at(village, amara, place, theirs, closed))
    await set_access(village, amara, place, "open", with_past=False)
    again = await set_access(village, amara, place, "closed")
    assert "Vic Lee" in roles(await at(village, amara, place, theirs, closed))
    reads = (await village.program(vic).get(f"/api/v1/threads/{theirs}")).status_code == 200
    assert ("Vic Lee" in roles(await at(village, amara, place, theirs, again))) == reads
