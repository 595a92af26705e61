"""Who must wait before they write: silenced people, and everybody in a slow thread; moderators never."""

from datetime import timedelta

from sqlalchemy import select, update

from forum.acts.people import hold_all
from forum.policy import silenced_until
from forum.tables import acts, audit_rows, memberships, notifications, posts, threads
from ground.columns import now
from tests.forum.threads.village import Place, Village, Villager


async def silenced(village: Village, moderator: Villager, member: Villager, place: Place, code: int = 204) -> None:
    path = f"/api/v1/networks/{place.slug}/members/{member.id}/silence"
    answer = await village.program(moderator).put(path, json={"hours": 3, "reason": "A heated evening."})
    assert answer.status_code == code, answer.text


async def test_who_is_silenced_reads_and_writes_nothing_until_it_ends_by_itself(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place)
    post_id = await village.reply(ben, place, thread_id)
    queued = await village.viewer(ben)  # what he was when he opened the form of an edit
    await silenced(village, ada, ben, place)
    writer, browser = village.program(ben), village.browser(ben)
    refused = [
        await writer.post(f"/api/v1/threads/{thread_id}/posts", json={"body": "But!"}),
        await writer.post(f"/api/v1/networks/{place.slug}/threads", json={"title": "But", "body": "But!"}),
        await writer.patch(f"/api/v1/posts/{post_id}", json={"body": "But!"}),
        await writer.patch(f"/api/v1/threads/{thread_id}", json={"title": "But"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 4
    for answer in refused:
        assert "write again in 3 hours" in answer.json()["detail"]
    assert silenced_until(queued, place.id) is None
    page = await browser.get(f"/threads/{thread_id}")
    assert page.status_code == 200
    assert "asked you not to write in this network" in page.text
    assert 'id="compose"' not in page.text
    typed = await browser.post(f"/threads/{thread_id}/posts", data={"body": "My long words.", "key": "k"})
    assert typed.status_code == 403
    assert "My long words." in typed.text


async def test_a_silence_ends_by_itself_and_an_old_page_is_not_taken_for_the_new_one(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place)
    await silenced(village, ada, ben, place)
    writer, browser = village.program(ben), village.browser(ben)
    page = await browser.get(f"/threads/{thread_id}")
    ended = update(memberships).where(memberships.c.account_id == ben.id)
    async with village.state.transaction() as tx:
        await tx.execute(ended.values(silenced_until=now() - timedelta(seconds=1)))
    again = await browser.get(f"/threads/{thread_id}", headers={"If-None-Match": page.headers["etag"]})
    assert again.status_code == 200
    assert 'id="compose"' in again.text
    assert (await writer.post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Calm."})).status_code == 201
    async with village.state.database.read() as connection:
        until = await connection.scalar(select(memberships.c.silenced_until).where(memberships.c.account_id == ben.id))
        told = list(await connection.scalars(select(notifications.c.kind).where(notifications.c.account_id == ben.id)))
        kept = (await connection.execute(select(acts.c.kind, acts.c.reason).where(acts.c.account_id == ben.id))).all()
    assert until is None
    assert "act.concerns_me" in told
    assert list(map(tuple, kept)) == [("silence", "A heated evening.")]


async def test_a_silence_begins_between_form_and_edit(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place)
    post_id = await village.reply(ben, place, thread_id)
    await silenced(village, ada, ben, place)
    answer = await village.browser(ben).post(f"/posts/{post_id}/edit", data={"body": "Queued.", "version": "1"})
    assert answer.status_code == 403
    assert "Queued." in answer.text
    await village.program(ada).delete(f"/api/v1/networks/{place.slug}/members/{ben.id}/silence")
    answer = await village.browser(ben).post(f"/posts/{post_id}/edit", data={"body": "Queued.", "version": "1"})
    assert answer.status_code == 303
    async with village.state.database.read() as connection:
        done = set(await connection.scalars(select(audit_rows.c.act).where(audit_rows.c.chain == place.id)))
        undone = (await connection.execute(select(acts.c.undone_by).where(acts.c.account_id == ben.id))).one()
    assert {"account.silence", "account.silence_ended"} <= done
    assert undone.undone_by == ada.id


async def test_who_may_silence_whom(village: Village) -> None:
    ada, ben, cleo, dan = await village.people("Ada", "Ben", "Cleo", "Dan")
    place = await village.network(ada, [ben])
    await village.join(place.id, cleo, "moderator")
    await silenced(village, cleo, ben, place)
    for by, whom, code in ((ben, cleo, 403), (cleo, ada, 403), (cleo, cleo, 403), (dan, ben, 404), (ada, dan, 404)):
        await silenced(village, by, whom, place, code)
    path = f"/networks/{place.slug}/members/{ben.id}/writing"
    page = (await village.browser(cleo).get(path)).text
    assert "can write again from" in page
    assert (await village.browser(ben).get(path)).status_code == 403
    wrong = await village.browser(cleo).post(
        f"/networks/{place.slug}/members/{ben.id}/silence", data={"hours": "1", "reason": " "}
    )
    assert wrong.status_code == 422
    assert "Say why" in wrong.text


async def test_a_slow_thread_takes_one_post_of_a_person_in_its_time(village: Village) -> None:
    ada, ben, cleo = await village.people("Ada", "Ben", "Cleo")
    place = await village.network(ada, [ben, cleo])
    thread_id = await village.thread(ada, place)
    path = f"/api/v1/threads/{thread_id}"
    assert (await village.program(ben).patch(path, json={"slow_minutes": 15})).status_code == 403
    assert (await village.program(ada).patch(path, json={"slow_minutes": 15})).status_code == 422
    slowed = await village.program(ada).patch(path, json={"slow_minutes": 15, "reason": "One after the other."})
    assert slowed.json()["slow_minutes"] == 15
    writer = village.program(ben)
    assert (await writer.post(f"{path}/posts", json={"body": "One."})).status_code == 201
    refused = await writer.post(f"{path}/posts", json={"body": "Two."})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert "once in 15 minutes" in refused.json()["detail"]
    page = (await village.browser(ben).get(f"/threads/{thread_id}")).text
    assert "You can post again at" in page
    assert "once in 15 minutes" in (await village.browser(cleo).get(f"/threads/{thread_id}")).text
    assert (await village.program(cleo).post(f"{path}/posts", json={"body": "Mine."})).status_code == 201
    for _ in range(2):
        assert (await village.program(ada).post(f"{path}/posts", json={"body": "Order."})).status_code == 201
    typed = await village.browser(ben).post(f"/threads/{thread_id}/posts", data={"body": "Kept.", "key": "k"})
    assert (typed.status_code, "Kept." in typed.text) == (429, True)
    async with village.state.transaction() as tx:
        mine = update(posts).where(posts.c.thread_id == thread_id, posts.c.author_id == ben.id)
        await tx.execute(mine.values(created_at=now() - timedelta(minutes=16)))
    assert (await writer.post(f"{path}/posts", json={"body": "Two."})).status_code == 201
    answer = await village.browser(ada).post(f"/threads/{thread_id}/pace", data={"minutes": "0"})
    assert answer.status_code == 303
    assert (await writer.post(f"{path}/posts", json={"body": "Three."})).status_code == 201
    async with village.state.database.read() as connection:
        kinds = list(await connection.scalars(select(acts.c.kind).where(acts.c.thread_id == thread_id)))
    assert kinds == ["slow", "unslow"]


async def test_a_thread_that_is_slowed_while_somebody_writes(village: Village) -> None:
    """Who read it before it was slow is asked at the moment of writing."""
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    await village.reply(ben, place, thread_id)
    async with village.state.transaction() as tx:
        await tx.execute(update(threads).where(threads.c.id == thread_id).values(slow_minutes=5))
    answer = await village.program(ben).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "At once."})
    assert answer.status_code == 429


async def test_moderators_say_why_and_what_they_do_is_written_down(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place, "teh rota")
    browser = village.browser(ada)
    silent = await browser.post(f"/threads/{thread_id}/title", data={"title": "The rota"})
    assert silent.status_code == 422
    assert "Say why" in silent.text
    said = await browser.post(f"/threads/{thread_id}/title", data={"title": "The rota", "reason": "A slip."})
    assert said.status_code == 303
    for act, form in (("pin", "pinned"), ("closure", "locked")):
        for value, reason in (("yes", "It is settled."), ("no", "")):
            sent = {form: value} | ({"reason": reason} if act == "closure" else {})
            assert (await browser.post(f"/threads/{thread_id}/{act}", data=sent)).status_code == 303
    own = await village.browser(ben).post(f"/threads/{thread_id}/title", data={"title": "Our rota"})
    assert own.status_code == 303
    async with village.state.database.read() as connection:
        kept = (
            await connection.execute(
                select(acts.c.kind, acts.c.reason, acts.c.undone_by).where(acts.c.thread_id == thread_id)
            )
        ).all()
        told = list(await connection.scalars(select(notifications.c.kind).where(notifications.c.account_id == ben.id)))
    assert sorted((row.kind, row.reason, row.undone_by is not None) for row in kept) == [
        ("lock", "It is settled.", True),
        ("pin", "", True),
        ("retitle", "A slip.", False),
        ("unlock", "", False),
        ("unpin", "", False),
    ]
    assert told.count("act.concerns_me") == 2


async def test_pages_ask_why_a_thread_is_locked_slowed_or_moved(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place, target = await village.network(ada, [ben]), await village.network(ada)
    path = f"/threads/{await village.thread(ben, place)}"
    browser = village.browser(ada)
    forms = (("closure", {"locked": "yes"}), ("pace", {"minutes": "15"}), ("move", {"network": target.slug}))
    for act, sent in forms:
        assert (await browser.get(f"{path}/{act}")).status_code == 200
        for reason in ("", "  "):
            silent = await browser.post(f"{path}/{act}", data=sent | {"reason": reason})
            assert silent.status_code == 422
            assert "Say why." in silent.text.split('id="f-reason-error"')[1].split("</p>")[0]
            assert "checked" in silent.text or act == "closure"
        assert (await browser.post(f"{path}/{act}", data=sent | {"reason": "So that."})).status_code == 303
    async with village.state.database.read() as connection:
        kept = await connection.execute(select(acts.c.kind, acts.c.reason).where(acts.c.by_id == ada.id))
    assert sorted(map(tuple, kept)) == [("lock", "So that."), ("move", "So that."), ("slow", "So that.")]


async def test_acts_on_threads_and_people_are_undone_from_their_page(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ben, place)
    client = village.program(ada)
    change = {"pinned": True, "locked": True, "slow_minutes": 5, "reason": "Why."}
    await client.patch(f"/api/v1/threads/{thread_id}", json=change)
    await silenced(village, ada, ben, place)
    await client.put(f"/api/v1/networks/{place.slug}/members/{ben.id}/hold", json={"reason": "Let us see."})
    async with village.state.database.read() as connection:
        made = list(await connection.scalars(select(acts.c.id).where(acts.c.network_id == place.id)))
    assert len(made) == 5
    for act_id in made:
        undone = await client.post(f"/api/v1/acts/{act_id}/undo", json={})
        assert undone.status_code == 200, undone.text
        assert (await client.post(f"/api/v1/acts/{act_id}/undo", json={})).status_code == 409
    thread = (await client.get(f"/api/v1/threads/{thread_id}")).json()
    assert (thread["pinned"], thread["locked"], thread["slow_minutes"]) == (False, False, 0)
    answer = await village.program(ben).post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Thank you."})
    assert answer.status_code == 201


async def test_who_reads_what_waited_is_told_as_it_is_and_not_where_nobody_writes(village: Village) -> None:
    for access, readers in (("closed", "the members of this network"), ("open", "everybody")):
        ada, ben = await village.people("Ada", "Ben")
        place = await village.network(ada, [ben], access=access)  # type: ignore[arg-type]
        thread_id = await village.thread(ada, place)
        viewer = await village.viewer(ada)
        async with village.state.transaction() as tx:
            await hold_all(tx, viewer, place.id, ben.id, "Let us read first.")
        browser = village.browser(ben)
        pages = [f"/threads/{thread_id}", f"/networks/{place.slug}", f"/networks/{place.slug}/threads/new"]
        said = f"What you write here is read by a moderator first, and then by {readers}."
        assert [said in (await browser.get(path)).text for path in pages] == [True, True, True]
        archived = await village.program(ada).put(f"/api/v1/networks/{place.slug}/archive")
        assert archived.status_code < 300
        assert ["read by a moderator first" in (await browser.get(path)).text for path in pages[:2]] == [False, False]
