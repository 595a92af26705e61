"""Posts wait for a moderator: who sees them meanwhile, what becomes of them, and two who decide at once."""

import asyncio
from typing import Any

from sqlalchemy import select, update

from forum.acts.people import end_hold, hold_all
from forum.tables import audit_rows, held_posts, memberships, networks, notifications
from tests.forum.notifications.telling import lines_of, until
from tests.forum.threads.village import Place, Village, Villager


async def made_held(village: Village, moderator: Villager, member: Villager, place: Place) -> None:
    """What this member writes waits from now on."""
    viewer = await village.viewer(moderator)
    async with village.state.transaction() as tx:
        await hold_all(tx, viewer, place.id, member.id, "Let us read first.")


async def count_of(village: Village, place: Place, person: Villager) -> tuple[int, int]:
    """What waits in the network, and of this person."""
    async with village.state.database.read() as connection:
        network = await connection.scalar(select(networks.c.held_count).where(networks.c.id == place.id))
        own = select(memberships.c.held_waiting).where(
            memberships.c.account_id == person.id, memberships.c.network_id == place.id, memberships.c.current
        )
        return network or 0, await connection.scalar(own) or 0


async def test_a_held_reply_is_seen_by_its_author_and_moderators_alone_until_it_is_approved(village: Village) -> None:
    ada, ben, cleo, dan = await village.people("Ada", "Ben", "Cleo", "Dan")
    place = await village.network(ada, [ben, cleo])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, other, moderator, outsider = (village.program(person) for person in (ben, cleo, ada, dan))
    path, words = f"/api/v1/threads/{thread_id}/posts", "Zinnias **at** night, @Cleo."
    key = {"Idempotency-Key": "one"}
    moderating = village.browser(ada)
    before = (await moderating.get(f"/threads/{thread_id}")).headers["etag"]
    answer = await author.post(path, json={"body": words}, headers=key)
    assert answer.status_code == 202
    held: dict[str, Any] = answer.json()
    assert (held["status"], held["body"], held["thread_id"]) == ("held", words, thread_id)
    again = await author.post(path, json={"body": words}, headers=key)
    assert (again.status_code, again.json(), again.headers["Idempotent-Replay"]) == (202, held, "true")
    # Nobody else finds it anywhere, and it has no number.
    at = f"/api/v1/networks/{place.slug}/held"
    for reader in (other, outsider):
        for seen in (f"{at}/{held['id']}", f"/api/v1/posts/{held['id']}"):
            assert (await reader.get(seen)).status_code == 404
        assert (await reader.post(f"{at}/{held['id']}/approval")).status_code == 404
    assert (await other.get(at)).status_code == 403
    assert (await other.get(f"/api/v1/threads/{thread_id}")).json()["post_count"] == 1
    assert "Zinnias" not in (await village.browser(cleo).get(f"/threads/{thread_id}")).text
    # In the thread itself moderators find it, too, and the way to its place in the queue.
    seen = await moderating.get(f"/threads/{thread_id}", headers={"If-None-Match": before})
    assert (seen.status_code, "Zinnias <strong>at</strong> night" in seen.text) == (200, True)
    assert f'href="/networks/{place.slug}/held/{held["id"]}"' in seen.text
    page = (await village.browser(ben).get(f"/threads/{thread_id}")).text
    assert "Zinnias <strong>at</strong> night" in page
    assert "Waits for a moderator" in page
    queue = (await village.browser(ada).get(f"/networks/{place.slug}/held")).text
    assert "Zinnias <strong>at</strong> night" in queue
    assert [each["id"] for each in (await moderator.get(at)).json()["items"]] == [held["id"]]
    assert await count_of(village, place, ben) == (1, 1)


async def test_an_approved_reply_gets_its_number_then_and_all_that_a_post_brings_about(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place = await village.network(ada, [ben, cleo])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, other, moderator = (village.program(person) for person in (ben, cleo, ada))
    path, words = f"/api/v1/threads/{thread_id}/posts", "Zinnias **at** night, @Cleo."
    at, key = f"/api/v1/networks/{place.slug}/held", {"Idempotency-Key": "one"}
    held = (await author.post(path, json={"body": words}, headers=key)).json()
    # In between somebody else writes: the held post gets the number after theirs.
    await village.reply(cleo, place, thread_id, "Meanwhile.")
    assert (await author.post(f"{at}/{held['id']}/approval")).status_code == 403
    approved = await moderator.post(f"{at}/{held['id']}/approval")
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    post = (await other.get(f"/api/v1/posts/{held['id']}")).json()
    assert (post["number"], post["author"]["id"], post["body"]) == (3, ben.id, words)
    assert await count_of(village, place, ben) == (0, 0)
    # Its author has not read what was written meanwhile; whom it mentions hears of it.
    assert (await author.get(f"/api/v1/threads/{thread_id}")).json()["unread"] == 2
    assert 'data-addressed="1"' in (await village.browser(cleo).get("/about/privacy")).text
    repeated = await author.post(path, json={"body": words}, headers=key)
    assert (repeated.status_code, repeated.json()["id"]) == (201, held["id"])
    # The worker tells of it a moment later, a moderator as well who was told that it waited.
    await until(village, cleo, lambda lines: any(line["kind"] == "post.mentioned" for line in lines))
    async with village.state.database.read() as connection:
        kinds = set(await connection.scalars(select(audit_rows.c.act).where(audit_rows.c.chain == place.id)))
        told = await connection.execute(
            select(notifications.c.account_id, notifications.c.kind).where(notifications.c.object_id == held["id"])
        )
    assert {"account.hold", "post.approve"} <= kinds
    as_moderator_and_author = {(ada.id, "post.held"), (ben.id, "post.approved")}
    as_readers = {(ada.id, "post.watched"), (cleo.id, "post.mentioned")}
    assert set(map(tuple, told)) == as_moderator_and_author | as_readers


async def test_a_held_thread_begins_when_it_is_approved(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place = await village.network(ada, [ben, cleo])
    await made_held(village, ada, ben, place)
    author, moderator = village.program(ben), village.program(ada)
    words = {"title": "Who has the keys?", "body": "I can’t find them."}
    answer = await author.post(f"/api/v1/networks/{place.slug}/threads", json=words)
    assert answer.status_code == 202
    thread_id = answer.json()["id"]
    assert (await village.program(cleo).get(f"/api/v1/threads/{thread_id}")).status_code == 404
    page = (await village.browser(ben).get(f"/networks/{place.slug}")).text
    assert "Waits for a moderator" in page
    assert "Who has the keys?" in page
    assert "Who has the keys?" not in (await village.browser(cleo).get(f"/networks/{place.slug}")).text
    browser = village.browser(ada)
    done = await browser.post(f"/networks/{place.slug}/held/{thread_id}/approval")
    assert done.status_code == 303
    shown = (await moderator.get(f"/api/v1/threads/{thread_id}")).json()
    assert (shown["title"], shown["author"]["id"], shown["number"]) == (words["title"], ben.id, 1)


async def test_fifty_approvals_at_once_make_one_post(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    held = (await village.program(ben).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Once."})).json()
    moderator = village.program(ada)
    path = f"/api/v1/networks/{place.slug}/held/{held['id']}"
    answers = await asyncio.gather(
        *(moderator.post(f"{path}/approval") for _ in range(10)),
        *(moderator.post(f"{path}/rejection", json={"reason": "No."}) for _ in range(10)),
    )
    codes = [answer.status_code for answer in answers]
    assert set(codes) == {200, 409}
    assert set(codes[:10]) in ({200}, {409})
    assert set(codes[:10]) != set(codes[10:])
    number = (await moderator.get(f"/api/v1/threads/{thread_id}")).json()["post_count"]
    assert number == (2 if codes[0] == 200 else 1)
    assert await count_of(village, place, ben) == (0, 0)


async def test_rejected_and_taken_back(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, browser, path = village.browser(ben), village.browser(ada), f"/threads/{thread_id}/posts"
    held = []
    for words in ("Say this.", "And that."):
        answer = await author.post(path, data={"body": words, "key": words[:3]})
        assert answer.status_code == 303
        held.append(answer.headers["location"].partition("held=")[2].partition("#")[0])
    at = f"/networks/{place.slug}/held"
    refused = await browser.post(f"{at}/{held[0]}/rejection", data={f"reason-{held[0]}": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert (
        await browser.post(f"{at}/{held[0]}/rejection", data={f"reason-{held[0]}": "Too short."})
    ).status_code == 303
    assert (await browser.post(f"{at}/{held[0]}/approval")).status_code == 409
    late = await author.post(f"{at}/{held[0]}/withdrawal")
    assert late.status_code == 409
    assert all(words in late.text for words in ("turned this down already", "Too short.", "Say this."))
    assert (await browser.post(f"{at}/{held[1]}/withdrawal")).status_code == 403
    assert (await author.post(f"{at}/{held[1]}/withdrawal")).status_code == 303
    assert (await author.post(f"{at}/{held[1]}/withdrawal")).status_code == 303
    assert "Waits for a moderator" not in (await author.get(f"/threads/{thread_id}")).text
    own = (await author.get(f"{at}/{held[0]}")).text
    assert "Say this." in own
    assert "Too short." in own
    async with village.state.database.read() as connection:
        rows = await connection.execute(select(held_posts.c.outcome, held_posts.c.body).order_by(held_posts.c.id))
    assert {("rejected", "Say this."), ("withdrawn", "")} <= set(map(tuple, rows))
    assert await count_of(village, place, ben) == (0, 0)


async def test_its_author_is_led_to_the_reason_or_to_the_post(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, moderator, browser = village.program(ben), village.program(ada), village.browser(ben)
    at, led = f"/api/v1/networks/{place.slug}/held", {}
    for path, words in (
        (f"threads/{thread_id}/posts", {"body": "Say this."}),
        (f"threads/{thread_id}/posts", {"body": "And that."}),
        (f"networks/{place.slug}/threads", {"title": "Keys", "body": "Where are they?"}),
    ):
        held = (await author.post(f"/api/v1/{path}", json=words)).json()["id"]
        is_first = not led
        step, body = ("rejection", {"reason": "Too short."}) if is_first else ("approval", None)
        assert (await moderator.post(f"{at}/{held}/{step}", json=body)).status_code == 200
        lines = (await author.get("/api/v1/me/notifications")).json()["items"]
        (url,) = [line["url"] for line in lines if line["object_id"] == held]
        led[held] = await browser.get(url.removeprefix(village.state.settings.public_url))
        if is_first:
            led[held] = await browser.get(led[held].headers["location"])
    refused, reply, begun = led
    assert ("Say this." in led[refused].text, "Too short." in led[refused].text) == (True, True)
    assert led[reply].headers["location"] == f"/posts/{reply}"
    assert led[begun].headers["location"] == f"/threads/{begun}"


async def test_who_was_removed_is_told_what_became_of_their_own_words_and_nothing_else(village: Village) -> None:
    for access, named in (("closed", True), ("secret", False)):
        ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
        place = await village.network(ada, [ben, cleo], access=access)  # type: ignore[arg-type]
        thread_id = await village.thread(ada, place, "Our quarrels")
        await made_held(village, ada, ben, place)
        author, moderator, browser = village.program(ben), village.program(ada), village.browser(ben)
        held = (await author.post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Say **this**."})).json()["id"]
        led = await browser.get(f"/held/{held}")
        assert (led.status_code, led.headers["location"]) == (303, f"/networks/{place.slug}/held/{held}")
        other = (await author.post(f"/api/v1/threads/{thread_id}/posts", json={"body": "And that."})).json()["id"]
        rejection = f"/api/v1/networks/{place.slug}/held/{held}/rejection"
        assert (await moderator.post(rejection, json={"reason": "Too short."})).status_code == 200
        member = f"/api/v1/networks/{place.slug}/members/{ben.id}"
        assert (await moderator.patch(member, json={"status": "removed", "reason": "Enough."})).status_code == 200
        assert "before a moderator had decided on it" in (await browser.get(f"/held/{other}")).text
        (url,) = [line["url"] for line in await lines_of(village, ben) if line["kind"] == "post.rejected"]
        page = await browser.get(url.removeprefix(village.state.settings.public_url))
        assert page.status_code == 200
        assert ("<strong>this</strong>" in page.text, "Too short." in page.text) == (True, True)
        assert ("Our quarrels" in page.text, place.name in page.text, place.slug in page.text) == (False, named, False)
        assert (await browser.get(f"/networks/{place.slug}/held/{held}")).status_code == 404
        for somebody in (ada, cleo):
            assert (await village.browser(somebody).get(f"/held/{held}")).status_code == 404


async def test_what_waited_comes_back_when_a_removal_is_undone(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, moderator, browser = village.program(ben), village.program(ada), village.browser(ben)
    path, at = f"/api/v1/threads/{thread_id}/posts", f"/api/v1/networks/{place.slug}/held"
    own, early, late = [(await author.post(path, json={"body": f"Say {n}."})).json()["id"] for n in range(3)]
    assert (await author.delete(f"{at}/{own}")).status_code in (200, 204)
    member = f"/api/v1/networks/{place.slug}/members/{ben.id}"
    assert (await moderator.patch(member, json={"status": "removed", "reason": "Enough."})).status_code == 200
    for step, body in (("approval", None), ("rejection", {"reason": "No."})):
        refused = await moderator.post(f"{at}/{early}/{step}", json=body)
        assert (refused.status_code, "ceased to belong" in refused.text, "Somebody else" in refused.text) == (
            409,
            True,
            False,
        )
    assert (await moderator.get(f"{at}/{early}")).json()["status"] == "lapsed"
    (line,) = [line for line in await lines_of(village, ben) if line["kind"] == "membership.ended"]
    page = (await browser.get(f"/acts/{line['object_id']}")).text
    assert "Two posts of yours waited for a moderator and were not posted" in page
    assert (f"/held/{early}" in page, f"/held/{late}" in page, f"/held/{own}" in page) == (True, True, False)
    words = (await browser.get(f"/held/{early}")).text
    assert ("Say 1." in words, "was not posted" in words, "aken back" in words) == (True, True, False)
    assert "You took back" in (await browser.get(f"/held/{own}")).text
    assert (
        await moderator.post(f"/api/v1/acts/{line['object_id']}/undo", json={"reason": "Mistake."})
    ).status_code == 200
    assert [each["id"] for each in (await moderator.get(at)).json()["items"]] == [early, late]
    assert await count_of(village, place, ben) == (2, 2)
    shown = (await browser.get(f"/networks/{place.slug}/held/{early}")).text
    assert ("waits for a moderator" in shown, "aken back" in shown, "Approve" in shown) == (True, False, False)
    looked_at = (await village.browser(ada).get(f"/networks/{place.slug}/held/{early}")).text
    for act in ("approval", "rejection"):
        assert f'action="/networks/{place.slug}/held/{early}/{act}"' in looked_at
    assert (await moderator.post(f"{at}/{early}/approval")).status_code == 200
    assert (await author.get(f"/api/v1/posts/{early}")).json()["body"] == "Say 1."


async def test_after_a_ban_that_was_lifted_what_waited_waits_again_with_who_comes_back(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, moderator = village.program(ben), village.program(ada)
    path, at = f"/api/v1/threads/{thread_id}/posts", f"/api/v1/networks/{place.slug}/held"
    member = f"/api/v1/networks/{place.slug}/members/{ben.id}"
    left = (await author.post(path, json={"body": "Before I left."})).json()["id"]
    assert (await author.delete(f"/api/v1/networks/{place.slug}/members/me")).status_code in (200, 204)
    await village.join(place.id, ben)
    waiting = (await author.post(path, json={"body": "Before the ban."})).json()["id"]
    assert (await moderator.patch(member, json={"status": "banned", "reason": "Enough."})).status_code == 200
    (line,) = [line for line in await lines_of(village, ben) if line["kind"] == "membership.ended"]
    page = (await village.browser(ben).get(f"/acts/{line['object_id']}")).text
    assert (f"/held/{waiting}" in page, f"/held/{left}" in page) == (True, False)
    assert (await moderator.patch(member, json={"status": "removed"})).status_code == 200
    assert "Should you belong again" in (await village.browser(ben).get(f"/acts/{line['object_id']}")).text
    assert (await moderator.get(at)).json()["items"] == []
    await village.join(place.id, ben)
    assert [each["id"] for each in (await moderator.get(at)).json()["items"]] == [waiting]
    assert await count_of(village, place, ben) == (1, 1)
    # A removal that was not taken back lets nothing wait again.
    assert (await moderator.patch(member, json={"status": "removed", "reason": "Enough."})).status_code == 200
    await village.join(place.id, ben)
    assert (await moderator.get(at)).json()["items"] == []


async def test_the_first_posts_of_newcomers_wait_and_no_more(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place = await village.network(ada, [cleo])
    thread_id = await village.thread(ada, place)
    async with village.state.transaction() as tx:
        await tx.execute(update(networks).where(networks.c.id == place.id).values(hold_first=1))
    await village.join(place.id, ben)
    author, path = village.program(ben), f"/api/v1/threads/{thread_id}/posts"
    first, second = [(await author.post(path, json={"body": words})).json() for words in ("One.", "Two.")]
    assert {first["status"], second["status"]} == {"held"}
    assert (await village.program(cleo).post(path, json={"body": "Here before."})).status_code == 201
    at = f"/api/v1/networks/{place.slug}/held"
    assert (await village.program(ada).post(f"{at}/{first['id']}/approval")).status_code == 200
    # What waits still does, and is still shown to its author; what is written now is read at once.
    assert (await author.post(path, json={"body": "Three."})).status_code == 201
    assert "Two." in (await village.browser(ben).get(f"/threads/{thread_id}")).text
    assert await count_of(village, place, ben) == (1, 1)


async def test_who_is_held_changes_nothing_that_stands_and_leaving_does_not_help(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place)
    post_id = await village.reply(ben, place, thread_id)
    await made_held(village, ada, ben, place)
    author = village.program(ben)
    for path, change in ((f"posts/{post_id}", {"body": "Spam."}), (f"threads/{thread_id}", {"title": "Spam"})):
        refused = await author.patch(f"/api/v1/{path}", json=change)
        assert refused.status_code == 403
        assert "moderator" in refused.json()["detail"]
    await village.remove(place.id, ben)
    await village.join(place.id, ben)
    path = f"/api/v1/threads/{thread_id}/posts"
    assert (await author.post(path, json={"body": "Back."})).status_code == 202
    viewer = await village.viewer(ada)
    async with village.state.transaction() as tx:
        await end_hold(tx, viewer, place.id, ben.id)
    assert (await author.post(path, json={"body": "Free."})).status_code == 201


async def test_ten_posts_wait_at_most_and_nobody_loses_words(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await made_held(village, ada, ben, place)
    author, path = village.program(ben), f"/api/v1/threads/{thread_id}/posts"
    codes = [(await author.post(path, json={"body": f"Post {n}."})).status_code for n in range(11)]
    assert codes == [202] * 10 + [403]
    shown = await village.browser(ben).post(f"/threads/{thread_id}/posts", data={"body": "Kept words.", "key": "k"})
    assert shown.status_code == 403
    assert "Kept words." in shown.text
    # Who has left in the meantime: nothing can be posted in their name.
    held = (await village.program(ada).get(f"/api/v1/networks/{place.slug}/held")).json()["items"]
    await village.remove(place.id, ben)
    at = f"/api/v1/networks/{place.slug}/held/{held[0]['id']}"
    assert (await village.program(ada).post(f"{at}/approval")).status_code == 409
    assert (await author.get(at)).status_code == 404
    # What waited lapsed with all that they held, and counts no more.
    assert (await village.program(ada).get(f"/api/v1/networks/{place.slug}/held")).json()["items"] == []
    async with village.state.database.read() as connection:
        assert await connection.scalar(select(networks.c.held_count).where(networks.c.id == place.id)) == 0


async def test_administrators_say_by_the_api_how_many_first_posts_wait(village: Village) -> None:
    ada, ben, cleo, stranger = await village.people("Ada", "Ben", "Cleo", "Stranger")
    place = await village.network(ada, [ben])
    await village.join(place.id, cleo, "moderator")
    path, program = f"/api/v1/networks/{place.slug}/writing", village.program(ada)
    for person, reads, writes in ((None, 401, 401), (stranger, 404, 404), (ben, 403, 403), (cleo, 200, 403)):
        other = village.program(person)
        assert (await other.get(path)).status_code == reads
        assert (await other.put(path, json={"hold_first": 1})).status_code == writes
    shown = (await program.get(path)).json()
    assert (shown["hold_first"], shown["limits"][0]["limit"], shown["limits"][0]["for_days"]) == (0, "new_posts", 3)
    for wrong in ({}, {"hold_first": 4}, {"hold_first": "1"}, {"hold_first": -1}):
        assert (await program.put(path, json=wrong)).status_code == 422, wrong
    assert (await program.put(path, json={"hold_first": 2})).json() == shown | {"hold_first": 2}
    assert (await program.get(path)).json() == shown | {"hold_first": 2}
    thread_id, newcomer = await village.thread(ada, place), await village.person("Newcomer")
    await village.join(place.id, newcomer)
    answer = await village.program(newcomer).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Hello."})
    assert answer.status_code == 202
