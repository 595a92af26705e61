"""Words that stand hidden as patient data are quoted by nobody, however they send them; nobody learns by guessing."""

import secrets

from sqlalchemy import func, select

from forum.acts.refusing import QUOTES_HIDDEN
from forum.tables import posts
from tests.forum.moderation.hall import Hall, open_hall
from tests.forum.threads.village import Village


def new_words() -> str:
    """Words of which no other test speaks."""
    return f"Mr Oswald {' '.join(secrets.token_hex(3) for _ in range(6))} is worse"


async def count(hall: Hall) -> int:
    """How many posts the network has."""
    ((number,),) = await hall.stored(select(func.count()).where(posts.c.network_id == hall.place.id))
    return int(number)


async def test_a_quotation_of_hidden_words_is_refused_until_they_can_be_read(village: Village) -> None:
    hall, words = await open_hall(village, "open"), new_words()
    post = await village.reply(hall.gareth, hall.place, hall.thread, words)
    mine = await village.reply(hall.maeve, hall.place, hall.thread, "Mine.")
    act = await hall.hide(hall.priya, post, "patient_data", "It names a patient.")
    quoting, before = {"body": f"> {words}\n\nIs he?"}, await count(hall)
    tries = (
        ("POST", f"/threads/{hall.thread}/posts", quoting),
        ("POST", f"/threads/{hall.thread}/posts", {**quoting, "reply_to": mine}),
        ("POST", f"/networks/{hall.place.slug}/threads", {"title": "New", **quoting}),
        ("PATCH", f"/posts/{mine}", quoting),
    )
    for method, path, body in tries:
        refused = await hall.ask(hall.maeve, method, path, body)
        assert (refused.status_code, QUOTES_HIDDEN in refused.text) == (422, True), path
    page = await village.browser(hall.maeve).post(f"/threads/{hall.thread}/posts", data={**quoting, "key": "k"})
    assert (page.status_code, QUOTES_HIDDEN in page.text, words in page.text) == (422, True, True)
    assert (await count(hall), (await hall.read(None, mine))["body"]) == (before, "Mine.")
    other = {"body": "> Something else that was said\n\nYes."}
    assert (await hall.ask(hall.maeve, "POST", f"/threads/{hall.thread}/posts", other)).status_code == 201
    await hall.do(hall.amara, "POST", f"/acts/{act}/undo", {})
    assert (await hall.ask(hall.maeve, "POST", f"/threads/{hall.thread}/posts", quoting)).status_code == 201


async def test_what_waits_is_refused_too_and_is_not_let_through(village: Village) -> None:
    hall, words = await open_hall(village), new_words()
    post = await village.reply(hall.gareth, hall.place, hall.thread, words)
    await hall.do(hall.priya, "PUT", f"/networks/{hall.place.slug}/members/{hall.maeve.id}/hold", {"reason": "Wait."})
    path, quoting = f"/threads/{hall.thread}/posts", {"body": f"> {words}\n\nIs he?"}
    waiting = (await hall.do(hall.maeve, "POST", path, quoting))["id"]
    await hall.hide(hall.priya, post, "patient_data", "It names a patient.")
    assert (await hall.ask(hall.maeve, "POST", path, quoting)).status_code == 422
    approval = f"/networks/{hall.place.slug}/held/{waiting}/approval"
    refused = await hall.ask(hall.priya, "POST", approval)
    assert (refused.status_code, "hidden as patient data" in refused.text) == (409, True)


async def test_nobody_learns_by_guessing_what_stands_in_another_network(village: Village) -> None:
    secret, other, words = await open_hall(village, "secret"), await open_hall(village), new_words()
    post = await village.reply(secret.gareth, secret.place, secret.thread, words)
    await secret.hide(secret.priya, post, "patient_data", "It names a patient.")
    guess = {"body": f"> {words}\n\nIs he?"}
    assert (await other.ask(other.maeve, "POST", f"/threads/{other.thread}/posts", guess)).status_code == 201
    await village.join(other.place.id, secret.gareth)
    refused = await other.ask(secret.gareth, "POST", f"/threads/{other.thread}/posts", guess)
    assert refused.status_code == 422
