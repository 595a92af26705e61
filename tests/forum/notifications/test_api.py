"""A person's list and wishes by the API: pages of it, marks, and what is refused."""

from realtime import event_log
from tests.forum.moderation.hall import open_hall
from tests.forum.notifications.telling import lines_of, told
from tests.forum.threads.test_holding_commands import made_held
from tests.forum.threads.village import Village, Villager


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


async def test_nobody_is_said_to_have_done_what_somebody_else_did(village: Village) -> None:
    amara, gareth, priya, olu = await village.people("Amara", "Gareth", "Priya", "Olu")
    place = await village.network(amara, [gareth, priya, olu])
    thread_id = await village.thread(amara, place, "Scratch")
    await told(village, gareth, "Amara began")
    await village.reply(priya, place, thread_id, "What says @Gareth?")
    await told(village, gareth, "Priya mentioned you")
    page = (await village.browser(gareth).get("/notifications")).text
    assert "Priya mentioned you in “Scratch”, and Amara wrote there, too" in page
    assert "Amara mentioned you" not in page
    assert "and Amara mentioned" not in page
    await village.reply(olu, place, thread_id, "And @Gareth again.")
    await told(village, gareth, "Olu mentioned you")
    page = (await village.browser(gareth).get("/notifications")).text
    assert "Olu and Priya mentioned you in “Scratch”, and Amara wrote there, too" in page


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


async def heard_by(village: Village, person: Villager) -> list[str]:
    """The kinds of all that was said on somebody's own stream."""
    async with village.state.database.read() as connection:
        return [event.kind for event in await event_log.read_after(connection, f"account:{person.id}", 0, limit=500)]


async def test_what_called_for_something_is_settled_for_everybody_once_anybody_has_settled_it(village: Village) -> None:
    hall = await open_hall(village)

    async def unread(who: Villager) -> set[str]:
        return {line["kind"] for line in await lines_of(village, who) if line["read_at"] is None}

    await hall.report(hall.maeve)
    slug = hall.place.slug
    await made_held(village, hall.amara, hall.maeve, hall.place)
    held = await hall.do(hall.maeve, "POST", f"/threads/{hall.thread}/posts", {"body": "I wait."})
    await hall.do(hall.olu, "PUT", f"/networks/{slug}/members/me", {"words": "May I?"})
    assert {"report.made", "post.held", "request.made"} <= await unread(hall.amara)
    assert {"report.made", "post.held"} <= await unread(hall.priya)
    before = len(await heard_by(village, hall.priya))
    (case,) = await hall.cases(hall.amara)
    await hall.do(hall.amara, "POST", f"/reports/{case['id']}/decision", {"decision": "ignore"})
    await hall.do(hall.amara, "POST", f"/networks/{slug}/held/{held['id']}/approval")
    assert (await heard_by(village, hall.priya))[before:].count("notifications.changed") == 2
    for who in (hall.amara, hall.priya):
        assert not {"report.made", "post.held"} & await unread(who)
    await hall.do(hall.amara, "PATCH", f"/networks/{slug}/members/{hall.olu.id}", {"status": "active"})
    assert "request.made" not in await unread(hall.amara)
