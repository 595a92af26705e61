"""Who could see a document: also while its folder was narrowed to moderators, and while it was withdrawn."""

from dataclasses import replace
from datetime import datetime

from ground.columns import now
from tests.forum.audit_log.test_audience_pages import at, roles
from tests.forum.documents.shelf import Object, share
from tests.forum.threads.village import Place, Village, Villager

ALL = {"Amara": "administrator", "Ben": "moderator", "Cleo": "member"}
FEW = {"Amara": "administrator", "Ben": "moderator"}


async def test_a_narrowed_folder_is_for_its_moderators_of_then(village: Village, overseer: Villager) -> None:
    amara, ben, cleo = await village.people("Amara", "Ben", "Cleo")
    place = await village.network(amara, [ben, cleo])
    program = village.program(amara)
    await program.patch(f"/api/v1/networks/{place.slug}/members/{ben.id}", json={"role": "moderator"})
    made = await program.post(f"/api/v1/networks/{place.slug}/folders", json={"name": "Apart"})
    folder = f"/api/v1/folders/{made.json()['id']}"
    document = await share(village, cleo, place, "Rota", folder=made.json()["id"])
    moments = [now()]
    path = f"/api/v1/documents/{document['id']}"
    for act in (
        lambda: program.patch(folder, json={"narrowed": True}),
        lambda: program.patch(path, json={"folder": ""}),
        lambda: program.request("DELETE", path, json={"reason": "Old"}),
        lambda: program.post(f"{path}/restoration"),
        lambda: program.patch(path, json={"folder": made.json()["id"]}),
        lambda: program.patch(folder, json={"narrowed": False}),
    ):
        answer = await act()
        assert answer.status_code < 300, answer.text
        moments.append(now())
    told = [roles(await at(village, amara, place, document["id"], moment)) for moment in moments]
    assert told == [ALL, FEW, ALL, FEW, ALL, FEW, ALL]
    await program.patch(f"/api/v1/networks/{place.slug}/members/{ben.id}", json={"role": "member"})
    assert roles(await at(village, amara, place, document["id"], moments[1])) == FEW
    await the_page_tells(village, (amara, ben, place), document, moments[1])


async def the_page_tells(
    village: Village, who: tuple[Villager, Villager, Place], document: Object, narrowed: datetime
) -> None:
    """The same on the page, in the list to take away and in the API."""
    amara, ben, place = who
    program, before = village.program(amara), now()
    early = {"day": f"{before:%Y-%m-%d}", "thread": f"{village.url}/documents/{document['id']}"}
    page = (await village.browser(amara).get(f"/networks/{place.slug}/audience", params=early)).text
    assert "“Rota” on" in page
    assert "for moderators alone, or withdrawn" in page
    assert "Cleo" in page  # at one time of that day
    program_answer = await program.get(
        f"/api/v1/networks/{place.slug}/audience",
        params={"thread": document["id"], "at": narrowed.isoformat().replace("+00:00", "Z")},
    )
    assert {each["account"]["name"] for each in program_answer.json()["items"]} == {"Amara", "Ben"}, program_answer.text
    taken = await village.browser(amara).post(f"/networks/{place.slug}/audience/export", data=early)
    assert "Cleo" in taken.text
    assert (await village.browser(ben).get(f"/networks/{place.slug}/audience", params=early)).status_code == 403
    link = f"/networks/{place.slug}/audience?thread={document['id']}"
    assert link in (await village.browser(amara).get(f"/documents/{document['id']}")).text
    assert link not in (await village.browser(ben).get(f"/documents/{document['id']}")).text
    elsewhere = await village.network(amara)
    page = await village.browser(amara).get(f"/networks/{elsewhere.slug}/audience", params=early)
    assert page.status_code == 422


async def test_what_stayed_with_the_members_of_an_opened_network(village: Village, overseer: Villager) -> None:
    amara, ben, cleo = await village.people("Amara", "Ben", "Cleo")
    place = await village.network(amara, [ben])
    document = await share(village, ben, place, "Minutes")
    opened = await village.program(amara).patch(
        f"/api/v1/networks/{place.slug}", json={"access": "open", "confirm": place.name}
    )
    assert opened.status_code == 200, opened.text
    slug = opened.json()["slug"]
    await village.join(place.id, cleo)
    newer = await village.program(amara).post(
        f"/api/v1/networks/{slug}/documents", data={"title": "For all"}, files={"file": ("a.txt", b"All", "text/plain")}
    )
    moment, place = now(), replace(place, slug=slug)
    kept = await at(village, amara, place, document["id"], moment)
    assert (roles(kept), kept.everybody) == ({"Amara": "administrator", "Ben": "member"}, False)
    wide = await at(village, amara, place, newer.json()["id"], moment)
    assert (roles(wide), wide.everybody) == ({"Amara": "administrator", "Ben": "member", "Cleo": "member"}, True)
