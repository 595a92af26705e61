"""Strange things that people and programs send: each is taken or refused with a sentence, and nothing breaks."""

import secrets

import pytest

from forum.errors import Invalid
from forum.forms import validate
from forum.threads.inputs import NewPost, NewThread, ReadPosts, parse_ranges
from tests.forum.threads.village import Village

STRANGE = {
    "null bytes": "a\x00b",
    "overrides": "abc\u202edef\u202c",
    "zalgo": "z" + "\u0300\u0301\u0302" * 400,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 " * 50,
    "half a surrogate pair": "a\ud800b",
    "a thousand quotes": ">" * 1000 + " deep",
    "ten thousand brackets": "[" * 10_000,
    "links in links": "[a](" * 5_000,
    "a huge table": "|a" * 400 + "\n" + "|-" * 400 + "\n" + ("|a" * 400 + "\n") * 60,
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "script links": "[x](javascript:alert(1)) <javascript:alert(1)>",
    "at signs": "@" * 10_000 + " @a @b" * 3_000,
    "a hundred thousand": "x" * 100_000,
    "fifty thousand": "word " * 9_999 + "word",
    "separators": "a\u2028b\u2029c\u0085d\u000be",
    "only invisible": "\u200b\u2060 \u00ad",
    "template marks": "{{ 7 * 7 }} {% raw %}",
}


@pytest.mark.parametrize("name", STRANGE)
async def test_strange_words(village: Village, name: str) -> None:
    words = STRANGE[name]
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    program, browser = village.program(ada), village.browser(ada)
    path = f"/api/v1/threads/{thread_id}/posts"
    answer = await program.post(path, content=_json({"body": words}), headers={"Content-Type": "application/json"})
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["message"]
    form_words = words.encode("utf-8", "replace").decode()
    form = await browser.post(f"/threads/{thread_id}/posts", data={"body": form_words, "key": secrets.token_hex(4)})
    assert form.status_code in (303, 422)
    titled = await program.post(
        f"/api/v1/networks/{place.slug}/threads",
        content=_json({"title": words, "body": "Fine."}),
        headers={"Content-Type": "application/json"},
    )
    assert titled.status_code in (201, 422)
    preview = await browser.post("/preview", data={"body": form_words, "network": place.id})
    assert preview.status_code in (200, 422)
    for page in (f"/threads/{thread_id}", f"/networks/{place.slug}"):
        shown = await browser.get(page)
        assert shown.status_code == 200
        for mark in ("<script>alert", "onerror=alert(1)>", 'href="javascript:', "\u202e", "\x00"):
            assert mark not in shown.text


def _json(value: dict[str, str]) -> bytes:
    parts = (f'"{name}":"{"".join(_escaped(one) for one in text)}"' for name, text in value.items())
    return ("{" + ",".join(parts) + "}").encode()


def _escaped(character: str) -> str:
    if character in '"\\' or not " " <= character <= "~":
        units = character.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
    return character


async def test_strange_names_to_complete(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    browser = village.browser(ada)
    for typed in ("%00", "%", "_", "\\", "'", "%F0%9F%91%A9", "a" * 3000, "%E2%80%AE"):
        answer = await browser.get(f"/networks/{place.slug}/threads/people?q={typed}")
        assert answer.status_code == 200, typed
        assert answer.json() == {"items": []}


async def test_a_form_of_ten_megabytes_is_refused(village: Village) -> None:
    ada = await village.person("Ada")
    thread_id = await village.thread(ada, await village.network(ada))
    answer = await village.browser(ada).post(f"/threads/{thread_id}/posts", data={"body": "x" * 10_000_000})
    assert answer.status_code in (413, 422)


def test_empty_and_unknown_fields() -> None:
    for model, fields in (
        (NewPost, {"body": " \n "}),
        (NewPost, {"body": "x", "reply_to": "x"}),
        (NewPost, {"body": 3}),
        (NewPost, {"body": "x", "author": "me"}),
        (NewThread, {"title": " ", "body": "x"}),
        (NewThread, {"title": "x" * 201, "body": "x"}),
        (NewThread, {"title": "x"}),
        (ReadPosts, {"ranges": [[2, 1]]}),
    ):
        with pytest.raises(Invalid) as refused:
            validate(model, fields)
        assert all(sentence.endswith(".") for sentence in refused.value.errors.values())
    assert validate(NewPost, {"body": "x", "reply_to": ""}).reply_to is None
    assert validate(NewThread, {"title": " a \u202e b\n c ", "body": "x"}).title == "a b c"


def test_ranges_of_a_form() -> None:
    assert parse_ranges("1-40, 43") == ((1, 40), (43, 43))
    assert parse_ranges("") == ()
    for text in ("0", "-3", "5-2", "x", "1-", "9999999999", "1--2", "²", ",".join(["1"] * 501)):
        with pytest.raises(Invalid):
            parse_ranges(text)
