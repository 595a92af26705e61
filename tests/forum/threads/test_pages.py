"""Thread pages as people meet them, without JavaScript."""

import re
import secrets

import pytest
from httpx2 import AsyncClient, Response

from forum.threads.thread_commands import set_lock
from tests.forum.threads.village import Place, Village, Villager


def key_in(html: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found
    return found[1]


def shown_numbers(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'<article [^>]*data-number="(\d+)"', html)]


async def long_thread(village: Village, count: int) -> tuple[Villager, Villager, Place, str]:
    """A thread of so many posts by Ada, in a closed network of which Ben was a member from its beginning."""
    ada, ben = await village.people("Ada Long", "Ben Short")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place, "A long one")
    for number in range(2, count + 1):
        await village.reply(ada, place, thread_id, f"Post number {number}.")
    return ada, ben, place, thread_id


async def get_ok(client: AsyncClient, path: str, **headers: str) -> Response:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return answer


async def test_begin_a_thread_and_reply(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben], name=f"Board {secrets.token_hex(3)}")
    browser = village.browser(ada)
    form = await get_ok(browser, f"/networks/{place.slug}/threads/new")
    assert f"2 members of {place.name} will see this, nobody else." in form.text
    words = {"title": "Tea <b>& cake</b>", "body": "Who brings **tea**?", "key": key_in(form.text), "act": "post"}
    made = await browser.post(f"/networks/{place.slug}/threads", data=words)
    assert made.status_code == 303
    again = await browser.post(f"/networks/{place.slug}/threads", data=words)
    assert again.headers["location"] == made.headers["location"]
    thread = made.headers["location"]
    page = await get_ok(browser, thread)
    assert "Tea &lt;b&gt;&amp; cake&lt;/b&gt;" in page.text
    assert "<strong>tea</strong>" in page.text
    reply = {"body": "I do.", "key": key_in(page.text), "reply_to": "", "act": "post"}
    posted = await village.browser(ben).post(f"{thread}/posts", data=reply)
    assert posted.status_code == 303
    assert posted.headers["location"] == f"{thread}?at=2#post-2"
    seen = await get_ok(browser, thread)
    assert "I do." in seen.text
    assert shown_numbers(seen.text) == [1, 2]
    listed = await get_ok(browser, f"/networks/{place.slug}")
    assert 'data-unread="1"' in listed.text


async def test_the_page_is_that_of_the_first_unread_post(village: Village) -> None:
    ada, ben, _, thread_id = await long_thread(village, 45)
    browser = village.browser(ben)
    page = await get_ok(browser, f"/threads/{thread_id}")
    assert shown_numbers(page.text) == list(range(1, 21))
    assert 'id="new"' not in page.text
    marked = await browser.post(f"/threads/{thread_id}/read", data={"ranges": "1-22"})
    assert marked.status_code == 303
    page = await get_ok(browser, f"/threads/{thread_id}")
    assert shown_numbers(page.text) == list(range(21, 41))
    assert page.text.index("Post number 22.") < page.text.index('id="new"') < page.text.index("Post number 23.")
    assert 'data-read="21-22"' in page.text
    assert "<span>New since " in page.text
    assert shown_numbers((await get_ok(browser, f"/threads/{thread_id}?at=45")).text) == list(range(36, 46))
    assert shown_numbers((await get_ok(browser, f"/threads/{thread_id}?at=99999")).text) == list(range(36, 46))
    assert shown_numbers((await get_ok(village.browser(ada), f"/threads/{thread_id}")).text) == list(range(36, 46))
    await browser.post(f"/threads/{thread_id}/read", data={"ranges": "1-45"})
    assert shown_numbers((await get_ok(browser, f"/threads/{thread_id}")).text) == list(range(36, 46))


async def test_the_last_page_begins_ten_posts_before_the_end(village: Village) -> None:
    _, ben, _, thread_id = await long_thread(village, 21)
    browser = village.browser(ben)
    first = await get_ok(browser, f"/threads/{thread_id}?at=1")
    assert shown_numbers(first.text) == list(range(1, 21))
    assert f'href="/threads/{thread_id}?at=21#post-21"' in first.text
    last = await get_ok(browser, f"/threads/{thread_id}?at=21")
    assert shown_numbers(last.text) == list(range(12, 22))
    assert "12 to 21 of 21" in last.text
    assert f'href="/threads/{thread_id}?at=1"' in last.text
    await browser.post(f"/threads/{thread_id}/read", data={"ranges": "1-11"})
    assert shown_numbers((await get_ok(browser, f"/threads/{thread_id}")).text) == list(range(12, 22))


async def test_jump_to_a_date_and_permalinks(village: Village) -> None:
    ada, _, place, thread_id = await long_thread(village, 3)
    post_id = await village.reply(ada, place, thread_id)
    browser = village.browser(ada)
    assert (await browser.get(f"/posts/{post_id}")).headers["location"] == f"/threads/{thread_id}?at=4#post-4"
    for day, number in (("2001-01-01", 1), ("2999-01-01", 4)):
        jumped = await browser.get(f"/threads/{thread_id}?on={day}")
        assert jumped.headers["location"] == f"/threads/{thread_id}?at={number}#post-{number}"
    assert (await browser.get(f"/threads/{thread_id}?on=9999-12-31")).status_code == 303
    for nonsense in ("2026-02-31", "yesterday", "0000-01-01", "0001-01-01"):
        assert (await browser.get(f"/threads/{thread_id}?on={nonsense}")).status_code == 303
        assert "That is no day of the calendar." in (await browser.get(f"/threads/{thread_id}")).text
    for nonsense in ("-1", "0", "x", "99999999999999999999", "²"):
        assert shown_numbers((await get_ok(browser, f"/threads/{thread_id}?at={nonsense}")).text)


async def test_reply_and_quote_without_javascript(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place, body="Do *herons* sleep?")
    browser = village.browser(ben)
    page = await get_ok(browser, f"/threads/{thread_id}")
    reply = re.search(r'href="([^"]+)" data-quote', page.text)
    assert reply
    form = await get_ok(browser, reply[1].replace("&amp;", "&"))
    assert "&gt; Do *herons* sleep?" in form.text
    answered = re.search(r'name="reply_to" value="([^"]+)"', form.text)
    assert answered
    await browser.post(
        f"/threads/{thread_id}/posts",
        data={"body": "They do.", "reply_to": answered[1], "key": key_in(form.text)},
    )
    page = await get_ok(browser, f"/threads/{thread_id}?at=1")
    assert f'Answers <strong data-person="{ada.id}">Ada</strong>: Do herons sleep?' in page.text
    assert "Answered in" in page.text


async def test_what_cannot_be_taken_comes_back_with_its_words(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    browser = village.browser(ben)
    too_long = "heron " * 9_000
    for body, sentence in (("", "Write something first."), (" ​ ", "Write something first."), (too_long, "the most is")):
        answer = await browser.post(f"/threads/{thread_id}/posts", data={"body": body, "key": "k1"})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert body.strip() in answer.text
    first = await browser.post(f"/threads/{thread_id}/posts", data={"body": "Once.", "key": "same"})
    assert first.status_code == 303
    used = await browser.post(f"/threads/{thread_id}/posts", data={"body": "Twice <i>.", "key": "same"})
    assert used.status_code == 422
    assert "You have already sent this form" in used.text
    assert "Twice &lt;i&gt;." in used.text
    assert key_in(used.text) != "same"
    preview = await browser.post(f"/threads/{thread_id}/posts", data={"body": "**Bold**", "key": "k", "act": "preview"})
    assert preview.status_code == 200
    assert "<strong>Bold</strong>" in preview.text
    async with village.state.transaction() as tx:
        await set_lock(tx, await village.viewer(ada), thread_id, True)
    locked = await browser.post(f"/threads/{thread_id}/posts", data={"body": "Too late, heron.", "key": "k2"})
    assert locked.status_code == 403
    assert "locked" in locked.text
    assert "Too late, heron." in locked.text
    gone = await village.browser().post(f"/threads/{thread_id}/posts", data={"body": "Signed out.", "key": "k3"})
    assert gone.status_code == 401
    assert "Signed out." in gone.text


async def test_two_people_edit_at_once(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ada, place, thread_id, "The first words.")
    browser = village.browser(ada)
    form = await get_ok(browser, f"/posts/{post_id}/edit")
    assert "The first words." in form.text
    saved = await browser.post(f"/posts/{post_id}/edit", data={"body": "The screen upstairs.", "version": "1"})
    assert saved.status_code == 303
    late = await browser.post(f"/posts/{post_id}/edit", data={"body": "The screen downstairs.", "version": "1"})
    assert late.status_code == 409
    assert "The screen upstairs." in late.text
    assert "The screen downstairs." in late.text
    assert 'name="version" value="2"' in late.text
    final = await browser.post(f"/posts/{post_id}/edit", data={"body": "Both screens.", "version": "2"})
    assert final.status_code == 303
    versions = await get_ok(browser, f"/posts/{post_id}/versions")
    for words in ("The first words.", "The screen upstairs.", "Both screens."):
        assert words in versions.text
    page = await get_ok(browser, f"/threads/{thread_id}")
    assert f'href="/posts/{post_id}/versions">edited</a>' in page.text


async def test_removal_leaves_a_stub_without_words(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ben, place, thread_id, "Kingfisher words.")
    await village.reply(ada, place, thread_id, "Hm.", reply_to=post_id)
    moderator = village.browser(ada)
    assert "Kingfisher" in (await get_ok(moderator, f"/posts/{post_id}/removal")).text
    refused = await moderator.post(f"/posts/{post_id}/removal", data={"reason": "  "})
    assert refused.status_code == 422
    removed = await moderator.post(f"/posts/{post_id}/removal", data={"reason": "Not <b>here</b>."})
    assert removed.status_code == 303
    for person in (ada, ben):
        browser = village.browser(person)
        page = await get_ok(browser, f"/threads/{thread_id}?at=1")
        assert "A moderator removed this post by Ben: Not &lt;b&gt;here&lt;/b&gt;." in page.text
        assert "Answers a post by Ben that was removed" in page.text
        assert "Kingfisher" not in page.text
        for path in ("versions", "source"):
            assert (await browser.get(f"/posts/{post_id}/{path}")).status_code == 404
        assert "Kingfisher" not in (await get_ok(browser, f"/posts/{post_id}/actions")).text
        for path in (f"/posts/{post_id}/edit", f"/posts/{post_id}/removal"):
            assert (await browser.get(path)).status_code == 403
        quote = await get_ok(browser, f"/threads/{thread_id}?reply={post_id}&quote=1")
        assert "Kingfisher" not in quote.text


async def test_who_has_no_scripts_marks_a_thread_read_by_a_button(village: Village) -> None:
    _, ben, _, thread_id = await long_thread(village, 3)
    browser = village.browser(ben)
    button = f'<noscript><div class="mark-line screen-only"><form method="post" action="/threads/{thread_id}/read">'
    assert button in (await get_ok(browser, f"/threads/{thread_id}")).text
    marked = await browser.post(f"/threads/{thread_id}/read", data={"ranges": "1-3"})
    assert marked.headers["location"] == f"/threads/{thread_id}"
    assert button not in (await get_ok(browser, f"/threads/{thread_id}")).text


async def test_what_was_typed_stands_on_a_page_of_ours(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ada, place, thread_id, "# Typed <b>")
    browser = village.browser(ben)
    page = await get_ok(browser, f"/posts/{post_id}/source")
    assert "readonly" in page.text
    assert "\n# Typed &lt;b&gt;</textarea>" in page.text
    assert f'href="/threads/{thread_id}?at=2#post-2"' in page.text
    quoted = await get_ok(browser, f"/posts/{post_id}/source?quote=1")
    assert quoted.headers["content-type"].startswith("text/plain")
    assert quoted.text.startswith("> **Ada** in post 2:")


async def test_a_page_not_changed_is_not_sent_again(village: Village) -> None:
    ada, _, place, thread_id = await long_thread(village, 3)
    opened = await village.network(ada, access="open")
    open_thread = await village.thread(ada, opened)
    for browser, path, cache in (
        (village.browser(ada), f"/threads/{thread_id}", "private, no-store"),
        (village.browser(), f"/threads/{open_thread}", "private, no-cache"),
    ):
        page = await get_ok(browser, path)
        assert page.headers["cache-control"] == cache
        kept = await browser.get(path, headers={"If-None-Match": page.headers["etag"]})
        assert (kept.status_code, kept.content) == (304, b"")
        assert kept.headers["cache-control"] == cache
    await village.reply(ada, place, thread_id)
    page = await get_ok(village.browser(ada), f"/threads/{thread_id}", **{"If-None-Match": page.headers["etag"]})
    assert shown_numbers(page.text) == [1, 2, 3, 4]


async def test_guests_read_open_networks_only(village: Village) -> None:
    ada, olga = await village.people("Ada", "Olga")
    opened, closed = await village.network(ada, access="open"), await village.network(ada)
    open_thread, closed_thread = await village.thread(ada, opened), await village.thread(ada, closed)
    guest, outsider = village.browser(), village.browser(olga)
    for encoding in ("identity", "br", "gzip"):
        page = await get_ok(guest, f"/threads/{open_thread}", **{"Accept-Encoding": encoding})
        assert "Sign in and join the network to answer" in page.text
        assert 'name="body"' not in page.text
    assert "You are reading an open network" in (await get_ok(outsider, f"/threads/{open_thread}")).text
    await village.reply(ada, opened, open_thread, "Something newer.")
    assert "Something newer." in (await get_ok(guest, f"/threads/{open_thread}")).text
    nothing = "01890000-0000-7000-8000-000000000000"
    for browser in (guest, outsider):
        hidden, missing = [await browser.get(f"/threads/{thread}") for thread in (closed_thread, nothing)]
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.headers["cache-control"] == "private, no-store"
    assert (
        await outsider.post(f"/threads/{open_thread}/posts", data={"body": "Me too.", "key": "k"})
    ).status_code == 403
    assert (await guest.post(f"/threads/{open_thread}/posts", data={"body": "Me too.", "key": "k"})).status_code == 401


async def test_the_list_goes_on_by_keyset_and_shows_pins_first(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    made = [await village.thread(ada, place, f"Thread {number}") for number in range(45)]
    browser = village.browser(ada)
    assert (await browser.post(f"/threads/{made[3]}/pin", data={"pinned": "yes"})).status_code == 303
    seen: list[str] = []
    path = f"/networks/{place.slug}"
    while path:
        page = await get_ok(browser, path)
        seen += re.findall(r'data-id="([0-9a-f-]{36})"', page.text)
        later = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = later[1].replace("&amp;", "&") if later else ""
    assert seen == [made[3], *(thread for thread in reversed(made) if thread != made[3])]
    assert (await village.browser(ben).post(f"/threads/{made[3]}/pin", data={"pinned": "no"})).status_code == 403


async def test_filters_and_mark_all_read(village: Village) -> None:
    ada, ben = await village.people("Ada", "Ben")
    place = await village.network(ada, [ben])
    one = await village.thread(ada, place, "One")
    two = await village.thread(ben, place, "Two")
    browser, path = village.browser(ben), f"/networks/{place.slug}"
    unread = await get_ok(browser, f"{path}?show=unread")
    assert (one in unread.text, two in unread.text) == (True, False)
    mine = await get_ok(browser, f"{path}?show=mine")
    assert (one in mine.text, two in mine.text) == (False, True)
    position = re.search(r'name="position" value="(\d+)"', unread.text)
    assert position
    await village.reply(ada, place, one, "After the page was made.")
    marked = await browser.post(f"{path}/reading", data={"position": position[1]})
    assert marked.headers["location"] == path
    listed = await get_ok(browser, path)
    assert 'data-unread="1"' in listed.text
    assert one in (await get_ok(browser, f"{path}?show=unread")).text
    assert "<span>New since " in (await get_ok(browser, f"/threads/{one}")).text  # which they have never opened


async def test_names_are_completed_for_members_only(village: Village) -> None:
    word = secrets.token_hex(3)
    ada, ben, olga = await village.people("Ada", f"Ben {word}", f"Olga {word}")
    place = await village.network(ada, [ben])
    thread_id = await village.thread(ada, place)
    for path in (f"/threads/{thread_id}/people", f"/networks/{place.slug}/threads/people"):
        for typed in (word, "be", f"ben {word}"):
            found = (await get_ok(village.browser(ada), f"{path}?q={typed}")).json()["items"]
            assert [item["id"] for item in found] == [ben.id], typed
        assert (await village.browser(olga).get(f"{path}?q=be")).status_code == 404


async def test_fragments_for_scripts(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    browser, asked = village.browser(ada), {"X-Fragment": "1"}
    made = await browser.post(f"/threads/{thread_id}/posts", data={"body": "Hello.", "key": "a"}, headers=asked)
    assert made.status_code == 201
    assert made.text.startswith('<article class="post" id="post-2"')
    assert made.text in (await get_ok(browser, f"/threads/{thread_id}")).text
    refused = await browser.post(f"/threads/{thread_id}/posts", data={"body": " ", "key": "b"}, headers=asked)
    assert (refused.status_code, "Write something first." in refused.text, "<html" in refused.text) == (
        422,
        True,
        False,
    )
    section = await browser.get(f"/threads/{thread_id}?at=1", headers=asked)
    assert section.text.startswith('<section class="posts"')
    preview = await browser.post("/preview", data={"body": "~~no~~ @Ada", "network": place.id})
    assert (
        preview.text
        == f'<p><s>no</s> <a class="mention" href="/people/{ada.id}"'
        + preview.text.partition(f'href="/people/{ada.id}"')[2]
    )
    assert "@Ada</a>" in preview.text


@pytest.mark.parametrize("act", ["pin", "closure", "title", "watch", "read", "posts"])
async def test_acts_on_hidden_threads_are_not_found(village: Village, act: str) -> None:
    ada, olga = await village.people("Ada", "Olga")
    thread_id = await village.thread(ada, await village.network(ada))
    data = {"pin": {"pinned": "yes"}, "closure": {"locked": "yes"}, "title": {"title": "Mine"}}.get(
        act, {"level": "mute"} if act == "watch" else {"ranges": "1-1"} if act == "read" else {"body": "x", "key": "k"}
    )
    answer = await village.browser(olga).post(f"/threads/{thread_id}/{act}", data=data)
    assert answer.status_code == 404
