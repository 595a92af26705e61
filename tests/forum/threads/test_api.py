"""Threads and posts in the JSON API, by the contract."""

import secrets
from typing import Any

from httpx2 import AsyncClient

from tests.forum.threads.village import Village

NOTHING = "01890000-0000-7000-8000-000000000000"


async def made_thread(client: AsyncClient, slug: str, **more: str) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/networks/{slug}/threads", json={"title": "A thread", "body": "First.", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def made_post(client: AsyncClient, thread_id: str, **body: str) -> dict[str, Any]:
    answer = await client.post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Hello.", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_shapes(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread = await made_thread(village.program(ada), place.slug)
    post, person = thread.pop("first_post"), {"id": ada.id, "name": "Ada"}
    assert thread == {
        "created_at": post["created_at"],
        "last_post_at": post["created_at"],
        "id": thread["id"],
        "number": 1,
        "network_id": place.id,
        "url": f"{village.url}/threads/{thread['id']}",
        "title": "A thread",
        "author": person,
        "post_count": 1,
        "last_author": person,
        "pinned": False,
        "locked": False,
        "slow_minutes": 0,
        "version": 1,
    }
    assert post == {
        "id": post["id"],
        "thread_id": thread["id"],
        "network_id": place.id,
        "number": 1,
        "url": f"{village.url}/posts/{post['id']}",
        "author": person,
        "body": "First.",
        "html": "<p>First.</p>\n",
        "files": [],
        "reply_to": None,
        "created_at": thread["created_at"],
        "edited_at": None,
        "removed_at": None,
        "removal_reason": "",
        "hidden_rule": "",
        "erased": False,
        "version": 1,
    }


async def test_a_reply_and_what_is_unread(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    client = village.program(ada)
    thread = await made_thread(client, place.slug)
    post = thread["first_post"]
    reply = await made_post(village.program(ben), thread["id"], reply_to=post["id"])
    assert (reply["number"], reply["reply_to"]) == (2, post["id"])
    assert (await client.get(f"/api/v1/posts/{reply['id']}")).json() == reply
    shown = (await client.get(f"/api/v1/threads/{thread['id']}")).json()
    assert (shown["post_count"], shown["last_author"]["name"], shown["unread"]) == (2, "Ben", 1)


async def test_who_writes_has_read_all_that_stands_before(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = (await made_thread(village.program(ada), place.slug))["id"]
    for _ in range(44):
        await village.reply(ada, place, thread_id)
    reader = village.program(ben)
    assert (await reader.get(f"/api/v1/threads/{thread_id}")).json()["unread"] == 45
    await made_post(reader, thread_id)
    assert (await reader.get(f"/api/v1/threads/{thread_id}")).json()["unread"] == 0


async def test_lists_are_bounded_and_go_on(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    client = village.program(ada)
    thread_id = (await made_thread(client, place.slug))["id"]
    for _ in range(6):
        await made_post(client, thread_id)
    path, seen, cursor = f"/api/v1/threads/{thread_id}/posts", [], ""
    while True:
        page = (await client.get(path, params={"limit": 3, **({"after": cursor} if cursor else {})})).json()
        seen += [post["number"] for post in page["items"]]
        epoch, head = page["as_of"][f"network:{place.id}"]
        assert (bool(epoch), head) == (True, 8)
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    for bad in ("limit=101", "limit=0", "limit=x", "after=x", "after=eyJ9", "limit=1&limit=2", "other=1", "after=W10"):
        answer = await client.get(f"{path}?{bad}")
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), bad
    made = [thread_id] + [(await made_thread(client, place.slug))["id"] for _ in range(4)]
    found, cursor = [], ""
    while True:
        params = {"limit": 2, **({"after": cursor} if cursor else {})}
        page = (await client.get(f"/api/v1/networks/{place.slug}/threads", params=params)).json()
        found += [thread["id"] for thread in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert found == list(reversed(made))


async def test_a_kept_list_is_never_stale(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    client = village.program(ada)
    thread_id = (await made_thread(client, place.slug))["id"]
    path = f"/api/v1/threads/{thread_id}/posts"
    first = await client.get(path)
    assert (await client.get(path, headers={"If-None-Match": first.headers["etag"]})).status_code == 304
    post = await made_post(client, thread_id, body="Before.")
    assert [one["body"] for one in (await client.get(path)).json()["items"]] == ["First.", "Before."]
    edited = await client.patch(f"/api/v1/posts/{post['id']}", json={"body": "After."})
    assert (edited.status_code, edited.json()["version"]) == (200, 2)
    assert [one["body"] for one in (await client.get(path)).json()["items"]] == ["First.", "After."]
    assert (await client.delete(f"/api/v1/posts/{post['id']}")).status_code == 204
    stub = (await client.get(path)).json()["items"][1]
    assert (stub["body"], stub["html"], stub["removed_at"] is not None) == ("", "", True)


async def test_p2_the_same_request_twice(village: Village) -> None:
    ada = await village.person()
    place = await village.network(ada)
    client = village.program(ada)
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    path = f"/api/v1/networks/{place.slug}/threads"
    one = await client.post(path, json={"title": "T", "body": "B"}, headers=headers)
    two = await client.post(path, json={"title": "T", "body": "B"}, headers=headers)
    other = await client.post(path, json={"title": "T", "body": "C"}, headers=headers)
    assert (one.status_code, two.status_code, other.status_code) == (201, 201, 422)
    assert one.json() == two.json()
    assert ("idempotent-replay" in one.headers, two.headers.get("idempotent-replay")) == (False, "true")
    bad = await client.post(path, json={"title": "T", "body": "B"}, headers={"Idempotency-Key": "x" * 129})
    assert bad.status_code == 422


async def test_edits_with_a_stale_version(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    client, other = village.program(ada), village.program(ben)
    thread = await made_thread(client, place.slug)
    post_id, thread_id = thread["first_post"]["id"], thread["id"]
    path = f"/api/v1/posts/{post_id}"
    assert (await client.patch(path, json={"body": "Two."}, headers={"If-Match": '"1"'})).status_code == 200
    assert (await client.patch(path, json={"body": "Three."}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.patch(path, json={"body": "Three."}, headers={"If-Match": "1"})).status_code == 422
    assert (await other.patch(path, json={"body": "Mine."})).status_code == 403
    assert (await other.delete(path)).status_code == 403
    assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 412
    changed = await client.patch(f"/api/v1/threads/{thread_id}", json={"pinned": True, "locked": True, "title": "New"})
    assert {name: changed.json()[name] for name in ("pinned", "locked", "title")} == {
        "pinned": True,
        "locked": True,
        "title": "New",
    }
    stale = await client.patch(f"/api/v1/threads/{thread_id}", json={"title": "Old"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await other.patch(f"/api/v1/threads/{thread_id}", json={"pinned": False})).status_code == 403
    refused = await other.post(f"/api/v1/threads/{thread_id}/posts", json={"body": "Hello."})
    assert (refused.status_code, "locked" in refused.json()["detail"]) == (403, True)
    removal = await other.post(f"/api/v1/posts/{post_id}/removal", json={"reason": "No."})
    assert removal.status_code == 403
    bens = (await made_thread(other, place.slug))["first_post"]["id"]
    assert (await client.post(f"/api/v1/posts/{bens}/removal", json={"reason": " "})).status_code == 422
    assert (await client.post(f"/api/v1/posts/{bens}/removal", json={"reason": "Why."})).json()["body"] == ""


async def test_reading(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = (await made_thread(village.program(ada), place.slug))["id"]
    for _ in range(4):
        await made_post(village.program(ada), thread_id)
    client = village.program(ben)
    path = f"/api/v1/threads/{thread_id}"
    assert (await client.put(f"{path}/read", json={"ranges": [[1, 2], [4, 400]]})).status_code == 204
    assert (await client.get(path)).json()["unread"] == 1
    listed = (await client.get(f"/api/v1/networks/{place.slug}/threads")).json()["items"]
    assert [thread["unread"] for thread in listed] == [1]
    for bad in ([[0, 1]], [[2, 1]], [[1]], [[1, 2, 3]], [["1", "2"]], [[1, 2**31]], [[True, 2]], [[1, 1]] * 501, "1-2"):
        assert (await client.put(f"{path}/read", json={"ranges": bad})).status_code == 422, bad
    for level, status in (("watch", 204), ("mute", 204), ("normal", 204), ("loud", 422)):
        assert (await client.put(f"{path}/watch", json={"level": level})).status_code == status


async def test_hidden_and_missing_are_one_answer(village: Village) -> None:
    ada, olga = await village.people("Ada", "Olga")
    place = await village.network(ada, access="secret")
    thread = await made_thread(village.program(ada), place.slug)
    post_id = thread["first_post"]["id"]
    for client in (village.program(olga), village.program()):
        pairs = [
            (f"/api/v1/threads/{thread['id']}", f"/api/v1/threads/{NOTHING}"),
            (f"/api/v1/threads/{thread['id']}/posts", f"/api/v1/threads/{NOTHING}/posts"),
            (f"/api/v1/posts/{post_id}", f"/api/v1/posts/{NOTHING}"),
            (f"/api/v1/networks/{place.slug}/threads", "/api/v1/networks/nothing-here/threads"),
            (f"/api/v1/networks/{place.slug}/events", "/api/v1/networks/nothing-here/events"),
        ]
        for hidden, missing in pairs:
            one, other = await client.get(hidden), await client.get(missing)
            assert one.status_code == other.status_code == 404
            assert one.content == other.content
            assert one.headers["cache-control"] == "private, no-store"
    for method, path, body in (
        ("PUT", f"threads/{thread['id']}/read", {"ranges": [[1, 1]]}),
        ("PUT", f"threads/{thread['id']}/watch", {"level": "mute"}),
        ("PATCH", f"threads/{thread['id']}", {"title": "Mine"}),
        ("PATCH", f"posts/{post_id}", {"body": "Mine"}),
        ("POST", f"posts/{post_id}/removal", {"reason": "Mine"}),
        ("POST", f"threads/{thread['id']}/posts", {"body": "Mine"}),
        ("POST", f"networks/{place.slug}/threads", {"title": "Mine", "body": "Mine"}),
        ("DELETE", f"posts/{post_id}", None),
    ):
        for client, status in ((village.program(olga), 404), (village.program(), 401)):
            answer = await client.request(method, f"/api/v1/{path}", json=body)
            assert answer.status_code == status, (method, path, answer.text)


async def test_the_stream_over_plain_http(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    client = village.program(ben)
    thread_id = (await made_thread(village.program(ada), place.slug))["id"]
    post = await made_post(client, thread_id)
    path, seen, after = f"/api/v1/networks/{place.slug}/events", [], 0
    while True:
        page = (await client.get(path, params={"after": after, "limit": 1})).json()
        seen += page["items"]
        if page["next"] is None:
            break
        after = int(page["next"])
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    assert [event["kind"] for event in seen[-2:]] == ["thread.created", "post.created"]
    told = dict(seen[-1]["object"])
    assert told.pop("thread")["post_count"] == 2
    assert told.pop("position") == 2
    assert told == post
    epoch = page["as_of"][f"network:{place.id}"][0]
    assert (await client.get(path, params={"after": len(seen), "epoch": epoch})).json()["items"] == []
    for params, why in (({"after": 999}, "ahead"), ({"epoch": "other"}, "epoch")):
        gone = await client.get(path, params=params)
        assert (gone.status_code, gone.json()["why"]) == (410, why)
    await village.remove(place.id, ben)
    assert (await client.get(path, params={"after": 0})).status_code == 404


async def test_a_post_always_shows_something(village: Village) -> None:
    ada = await village.person("Ada")
    client = village.program(ada)
    thread = await made_thread(client, (await village.network(ada)).slug)
    post = await made_post(client, thread["id"], body="[Note]: http://example.org/minutes\n" * 1_000)
    assert post["html"].count("[Note]: http://example.org/minutes") == 1_000


async def test_the_line_above_a_quote_leads_to_the_quoted_post(village: Village) -> None:
    ada = await village.person("Ada")
    client = village.program(ada)
    thread = await made_thread(client, (await village.network(ada)).slug)
    body = "> **Ada** in post 1:\n>\n> First.\n\nYes."
    post = await made_post(client, thread["id"], body=body)
    line = f'<strong>Ada</strong> in <a href="/threads/{thread["id"]}?at=1#post-1">post 1</a>:'
    assert line in post["html"]
    edited = await client.patch(f"/api/v1/posts/{post['id']}", json={"body": f"{body} Indeed."})
    assert line in edited.json()["html"]


async def test_long_posts_come_in_more_answers_than_short_ones(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    client = village.program(ada)
    thread = await made_thread(client, place.slug)
    for _ in range(7):
        await made_post(client, thread["id"], body="word " * 9_990)
    numbers: list[list[int]] = []
    after = ""
    while after is not None:
        query = f"&after={after}" if after else ""
        listed = (await client.get(f"/api/v1/threads/{thread['id']}/posts?limit=100{query}")).json()
        numbers.append([post["number"] for post in listed["items"]])
        after = listed["next"]
    assert numbers == [[1, 2, 3, 4, 5, 6], [7, 8]]
