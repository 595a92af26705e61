"""What a page says of a post that waited, and waits no longer."""

from tests.forum.threads.test_holding_commands import made_held
from tests.forum.threads.village import Village


async def test_what_waited_of_who_left_by_themselves_is_not_said_to_come_back(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place = await village.network(ada, [ben, cleo])
    thread_id = await village.thread(ada, place)
    pages = []
    for member, status in ((ben, "left"), (cleo, "removed")):
        await made_held(village, ada, member, place)
        sent = await village.program(member).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Say it."})
        path = f"/api/v1/networks/{place.slug}/members"
        if status == "left":
            gone = await village.program(member).delete(f"{path}/me")
        else:
            change = {"status": status, "reason": "Enough."}
            gone = await village.program(ada).patch(f"{path}/{member.id}", json=change)
        assert gone.status_code < 300, gone.text
        pages.append((await village.browser(ada).get(f"/networks/{place.slug}/held/{sent.json()['id']}")).text)
    assert ["It waits no longer" in page for page in pages] == [True, True]
    assert ["where their removal is undone" in page for page in pages] == [False, True]
