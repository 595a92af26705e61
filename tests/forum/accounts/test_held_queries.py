"""Who signs in again after a session was lost is told where the words that wait will go, and who will read them."""

import html
import re
import secrets

from tests.forum.accounts.visitor import Visitor, hidden_fields, newcomer
from tests.servers.confer import ConferServer


def test_waiting_words_name_their_place_and_readers(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    name = f"Board {secrets.token_hex(3)}"
    made = visitor.send_form("/networks", name=name, purpose="For trying.", access="closed", key=secrets.token_hex(8))
    network = made.headers["location"].split("?")[0]
    words = {"title": "Pump line", "body": "Who?", "key": secrets.token_hex(8)}
    thread = visitor.send_form(f"{network}/threads", **words).headers["location"]
    post_id = re.search(r'<article [^>]*data-id="([^"]+)"', visitor.get(thread).text)
    assert post_id
    readers = f"Only you will see this for now: {name} has no other members yet."
    for path, place in (
        (f"{thread}/posts", "Your reply in “Pump line”."),
        (f"{network}/threads", f"Your new thread in {name}."),
        (f"/posts/{post_id[1]}/edit", "Your changes to a post in “Pump line”."),
    ):
        lost = Visitor(server)
        refused = lost.send_form(path, body="It is the switchboard.", title="Night")
        assert refused.status_code == 401
        assert ">Your words</label>" in refused.text
        assert refused.text.count("Sign in to go on") == 2  # the title of the window, and the heading
        hidden = {key: html.unescape(value) for key, value in hidden_fields(refused.text).items()}
        answer = lost.sign_in(address, next=hidden["next"], held=hidden["held"])
        assert f"{place} {readers}" in html.unescape(answer.text)


def test_waiting_words_say_nothing_of_places_that_are_hidden(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    name = f"Board {secrets.token_hex(3)}"
    fields = {"name": name, "purpose": "For trying.", "access": "secret", "key": secrets.token_hex(8)}
    network = visitor.send_form("/networks", **fields).headers["location"].split("?")[0]
    _, other = newcomer(server, "Other Person")
    for path in (f"{network}/threads", "/threads/nonsense/posts", "/posts/nonsense/edit"):
        held = f'{{"action": "{path}", "fields": {{"body": "x"}}}}'
        answer = Visitor(server).sign_in(other, held=held)
        assert answer.status_code == 200
        assert 'class="audience"' not in answer.text
        assert name not in answer.text
