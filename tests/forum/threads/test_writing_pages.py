"""Forms for words: limits and refusals keep what was typed, and say why in our own words."""

from pathlib import Path

import pytest

from forum.text import LEFT_OUT
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import confer_in_shape
from tests.servers.shapes import SQLITE_MEMORY


async def test_too_many_posts_in_a_minute_keep_the_words(tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "confer", None, RATE_LIMITS="on") as server:
        village = open_village(server)
        ada = await village.person("Ada")
        place = await village.network(ada)
        thread_id = await village.thread(ada, place)
        browser, path = village.browser(ada), f"/threads/{thread_id}/posts"
        answers = [await browser.post(path, data={"body": f"Post {n}.", "key": f"k{n}"}) for n in range(31)]
        assert [answer.status_code for answer in answers] == [303] * 30 + [429]
        assert "Post 30." in answers[-1].text
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        scripted = await browser.post(path, data={"body": "Post 31.", "key": "k31"}, headers={"X-Fragment": "1"})
        assert (scripted.status_code, "<html" in scripted.text) == (429, False)
        await village.close()


async def test_a_title_that_is_too_long_comes_back_whole(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    browser, title, sentence = village.browser(ada), "x" * 400, "Your title has 400 characters; the most is 200."
    form = (await browser.get(f"/networks/{place.slug}/threads/new")).text
    refused = await browser.post(f"/networks/{place.slug}/threads", data={"title": title, "body": "Words.", "key": "k"})
    thread_id = await village.thread(ada, place)
    renamed = await browser.post(f"/threads/{thread_id}/title", data={"title": title})
    for answer in (refused, renamed):
        assert answer.status_code == 422
        assert sentence in answer.text
        assert title in answer.text
        assert "maxlength" not in answer.text.split('id="f-title"')[1].split(">")[0]
    assert "maxlength" not in form.split('id="f-title"')[1].split(">")[0]


async def test_without_scripts_a_form_is_answered_in_our_words_and_a_preview_is_named(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    browser, threads = village.browser(ada), f"/networks/{place.slug}/threads"
    for path in (f"{threads}/new", f"/threads/{thread_id}"):
        assert "novalidate" in (await browser.get(path)).text
    empty = await browser.post(threads, data={"title": "", "body": "", "key": "k"})
    assert "There are a few problems" in empty.text
    for path, words in ((threads, {"title": "Tea"}), (f"/threads/{thread_id}/posts", {})):
        shown = await browser.post(path, data={**words, "body": "**Tea**", "key": "k", "act": "preview"})
        assert ">Preview</p>" in shown.text
        assert "<strong>Tea</strong>" in shown.text


@pytest.mark.parametrize("typed", ["a\x00b\x07c", "abc \u202eevil", "z" + "\u0300\u0316\u0334" * 100])
async def test_what_is_left_out_of_words_is_told_to_who_typed_them(village: Village, typed: str) -> None:
    """After sending and in the preview; not where nothing is missed, and not by the API, which gives the words back."""
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    browser, threads, posts = village.browser(ada), f"/networks/{place.slug}/threads", f"/threads/{thread_id}/posts"
    own = await village.reply(ada, place, thread_id)
    edit = f"/posts/{own}/edit"
    for path, words, said in (
        (threads, {"title": "Tea", "body": typed, "key": "k1"}, "Your thread is up."),
        (threads, {"title": typed, "body": "Tea", "key": "k2"}, "Your thread is up."),
        (posts, {"body": typed, "key": "k3"}, "Your post is up."),
        (edit, {"body": typed, "version": "1"}, "Your changes are saved."),
    ):
        if words["body"] == typed:
            shown = await browser.post(path, data={**words, "act": "preview"})
            assert f'<p class="muted">{LEFT_OUT}</p>' in shown.text
        sent = await browser.post(path, data=words)
        assert sent.status_code == 303
        assert f"{said} {LEFT_OUT}" in (await browser.get(sent.headers["location"])).text
        assert LEFT_OUT not in (await browser.get(sent.headers["location"])).text
    script = {"X-Fragment": "1"}
    for path, words in ((posts, {"body": typed, "key": "k4"}), (edit, {"body": f"{typed}!", "version": "2"})):
        assert (await browser.post(path, data=words, headers=script)).headers["x-notice"] == LEFT_OUT
    assert LEFT_OUT in (await browser.post("/preview", data={"body": typed, "network": place.id})).text
    plain = await browser.post(posts, data={"body": "\ufeffTea 👩‍⚕️", "key": "k5"}, headers=script)
    assert (plain.status_code, "x-notice" in plain.headers) == (201, False)
    api = await village.program(ada).post(f"/api/v1{posts}", json={"body": typed})
    assert (api.status_code, "x-notice" in api.headers, LEFT_OUT in api.text) == (201, False, False)


async def test_an_edit_says_who_will_read_it(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada, access="open")
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ada, place, thread_id)
    form = await village.browser(ada).get(f"/posts/{post_id}/edit")
    assert "Anybody can read this: the network is open." in form.text
