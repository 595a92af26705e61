"""A person's list and wishes by the API: pages of it, marks, and what is refused."""

from tests.forum.notifications.telling import lines_of, told
from tests.forum.threads.village import Village


async def test_the_list_comes_in_parts_without_gaps_or_doubles(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara, [gareth])
    for number in range(7):
        await village.thread(amara, place, f"Thread {number}")
    await told(village, gareth, "Thread 0", "Thread 6")
    program, found, after = village.program(gareth), [], ""
    while True:
        answer = (await program.get(f"/api/v1/me/notifications?limit=3{after}")).json()
        found += [line["text"] for line in answer["items"]]
        if answer["next"] is None:
            break
        after = f"&after={answer['next']}"
    assert found == [f"Amara began “Thread {number}”" for number in range(6, -1, -1)]
    for wrong in ("x", "2026-01-01T00:00:00.000000Z_x", "_", "%00"):
        assert (await program.get(f"/api/v1/me/notifications?after={wrong}")).status_code == 422


async def test_marks_and_their_undoing(village: Village) -> None:
    amara, gareth, stranger = await village.people("Amara", "Gareth", "Stranger")
    place = await village.network(amara, [gareth])
    await village.thread(amara, place, "Night cover", "For @Gareth.")
    (line,) = await told(village, gareth, "mentioned you")
    path, program = f"/api/v1/me/notifications/{line['id']}/read", village.program(gareth)
    assert (await village.program(stranger).put(path, json={})).status_code == 404
    assert (await program.put(path, json={"read": True})).json()["read_at"]
    assert "Nothing needs you" in (await village.browser(gareth).get("/")).text, "it waits nowhere else either"
    assert (await program.put(path, json={"read": False})).json()["read_at"] is None
    assert (await program.put("/api/v1/me/notifications/read", json={"up_to": line["id"]})).status_code == 204
    assert [each["read_at"] is None for each in await lines_of(village, gareth)] == [False]
    page = (await village.browser(gareth).get("/notifications")).text
    assert "Amara mentioned you in “Night cover”" in page
    assert "Mark all read" not in page


async def test_wishes_are_for_one_s_own_networks(village: Village) -> None:
    amara, gareth = await village.people("Amara", "Gareth")
    place = await village.network(amara)
    path, program = "/api/v1/me/notifications/settings", village.program(gareth)
    body = {"networks": [{"id": place.id, "level": "watch"}]}
    assert (await program.put(path, json=body)).status_code == 404
    for wrong in ({"mail": "weekly"}, {"networks": [{"id": "x"}]}, {"networks": [{"id": place.id}] * 2}, {"other": 1}):
        assert (await program.put(path, json=wrong)).status_code == 422
    answer = await village.program(amara).put(path, json=body | {"mail": "at_once"})
    assert answer.json()["mail"] == "at_once"
    assert [(each["level"], each["mail"]) for each in answer.json()["networks"]] == [("watch", None)]


async def test_administrators_say_what_mails_carry(village: Village) -> None:
    amara, gareth, stranger = await village.people("Amara", "Gareth", "Stranger")
    place = await village.network(amara, [gareth])
    path, program = f"/api/v1/networks/{place.slug}/mail", village.program(amara)
    for person, code in ((None, 401), (stranger, 404), (gareth, 403)):
        other = village.program(person)
        assert (await other.get(path)).status_code == code
        assert (await other.put(path, json={"content": True})).status_code == code
    assert (await program.get(path)).json() == {"content": False}
    for wrong in ({}, {"content": "yes"}, {"content": None}, {"content": True, "other": 1}):
        assert (await program.put(path, json=wrong)).status_code == 422
    for content, words in ((True, "E-mails carry what is written here."), (False, "E-mails say who wrote")):
        assert (await program.put(path, json={"content": content})).json() == {"content": content}
        assert (await program.get(path)).json() == {"content": content}
        assert words in (await village.browser(amara).get(f"/networks/{place.slug}/settings")).text
