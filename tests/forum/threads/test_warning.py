"""Who is about to post what looks like data about a patient is warned, keeps their words, and may post it anyway."""

import pytest

from forum.text import PersonalData
from forum.threads.warning import warning_words
from tests.forum.threads.village import Village

NHS = "Her number is 943 476 5919, call the ward."
SENTENCE = "This looks as if it held an NHS number."


async def test_pages_warn_and_post_anyway(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    post_id = await village.reply(ada, place, thread_id, "About the ward.")
    browser = village.browser(ada)
    forms = (
        (f"/networks/{place.slug}/threads", {"title": "The ward", "body": NHS}),
        (f"/threads/{thread_id}/posts", {"body": NHS}),
        (f"/posts/{post_id}/edit", {"body": NHS, "version": "1"}),
    )
    for path, words in forms:
        warned = await browser.post(path, data={**words, "key": "k", "act": "post"})
        assert warned.status_code == 422, path
        assert SENTENCE in warned.text
        assert NHS in warned.text
        assert 'value="anyway"' in warned.text
        part = await browser.post(path, data={**words, "key": "k"}, headers={"X-Fragment": "1"})
        assert (part.status_code, "<html" in part.text) == (422, "/threads" in path and "/networks" in path)
        if "/networks" not in path:
            assert part.headers["X-Act"] == "Post anyway"
        assert (await browser.post(path, data={**words, "key": "k", "act": "anyway"})).status_code == 303, path


async def test_the_api_takes_it_and_says_so(village: Village) -> None:
    ada = await village.person("Ada")
    place = await village.network(ada)
    thread_id = await village.thread(ada, place)
    client, path = village.program(ada), f"/api/v1/threads/{thread_id}/posts"
    taken = await client.post(path, json={"body": f"{NHS} Pay with 4111 1111 1111 1111."})
    assert (taken.status_code, taken.headers["Content-Warning"]) == (201, "nhs_number, card_number")
    begun = await client.post(f"/api/v1/networks/{place.slug}/threads", json={"title": "A", "body": NHS})
    assert (begun.status_code, begun.headers["Content-Warning"]) == (201, "nhs_number")
    plain = await client.post(path, json={"body": "Call 020 7946 0958."})
    assert (plain.status_code, "Content-Warning" in plain.headers) == (201, False)


@pytest.mark.parametrize(
    ("found", "of_patient", "of_card"),
    [
        (("nhs_number",), True, False),
        (("birth_date",), True, False),
        (("card_number",), False, True),
        (("nhs_number", "card_number"), True, True),
    ],
)
def test_what_may_come_of_it_fits_what_was_found(
    found: tuple[PersonalData, ...], of_patient: bool, of_card: bool
) -> None:
    words = warning_words(found)
    assert ("a patient could be recognised" in words, "pay with a card" in words) == (of_patient, of_card)
