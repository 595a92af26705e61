"""How the events of cards come about, through the API: see `happenings`."""

from tests.forum.scenery import Scenery


async def make_cards(scenery: Scenery) -> None:
    """Of a post that is hidden soon, and of nothing."""
    for name, person, post in (("card", scenery.gareth, True), ("plain", scenery.priya, False)):
        said = {"title": f"Night <cover> {name}", "problem": "Nobody answers.", "done": "A *list* at the desk."}
        if post:
            source = await scenery.reply(scenery.gareth, scenery.other, "We put up a list.")
            scenery.made["source"] = source
            said |= {"source_kind": "post", "source_id": source}
        scenery.made[name] = (await scenery.call(person, "POST", f"{scenery.network}/cards", said))["id"]


async def change_cards(scenery: Scenery) -> None:
    path = f"/cards/{scenery.made['card']}"
    await scenery.call(scenery.amara, "PATCH", path, {"result": "It works & lasts.", "owner": scenery.priya.id})
    await scenery.call(scenery.priya, "POST", f"{path}/confirmation", {})


async def use_cards(scenery: Scenery) -> None:
    path = f"/cards/{scenery.made['card']}/uses"
    kept = await scenery.call(scenery.gareth, "POST", path, {"words": "On ward 4"})
    await scenery.call(scenery.amara, "POST", path, {"words": "In theatre"})
    await scenery.call(scenery.gareth, "DELETE", f"{path}/{kept['id']}")


async def take_cards_away(scenery: Scenery) -> None:
    """One is removed and comes back; the other is the moderators' alone for a time, with what it was made of."""
    path = f"/cards/{scenery.made['plain']}"
    await scenery.call(scenery.amara, "DELETE", path, {"reason": "Said already."})
    await scenery.call(scenery.amara, "POST", f"{path}/restoration")
    hiding = {"rule": "patient_data", "reason": "It names a patient."}
    await scenery.call(scenery.amara, "POST", f"/posts/{scenery.made['source']}/hiding", hiding)
    await scenery.call(scenery.amara, "PATCH", f"/cards/{scenery.made['card']}", {"problem": "Nobody comes."})
    await scenery.call(scenery.amara, "POST", f"/cards/{scenery.made['card']}/clearance")
    await scenery.call(scenery.priya, "DELETE", path)
