"""What the site's administrators see of all networks."""

from forum.filing import charge, give_back
from tests.forum.filing.test_room import MEGABYTE
from tests.forum.threads.village import Village, Villager
from tests.forum.uploads.sender import Sender


async def test_how_much_room_the_files_of_all_networks_take(village: Village, overseer: Villager) -> None:
    """And what people have sent without sharing it."""
    place = await village.network(await village.person())
    async with village.state.transaction() as tx:
        await charge(tx, village.state.settings, place.id, 3_000 * MEGABYTE)
    page = (await village.browser(overseer).get("/site/networks")).text
    assert " MB; only the disk sets a bound" in page
    sender = await Sender.new_member(village)
    await sender.send(await sender.new(1_500_000), 0, bytes(1_500_000))
    page = (await village.browser(overseer).get("/site/networks")).text
    assert "that people have sent and not shared yet" in page
    async with village.state.transaction() as tx:
        await give_back(tx, place.id, 3_000 * MEGABYTE)
