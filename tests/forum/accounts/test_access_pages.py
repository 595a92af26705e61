"""Where one is signed in, and tokens for programs."""

import re

import httpx2

from tests.forum.accounts.visitor import (
    Visitor,
    hidden_fields,
    mails_to,
    newcomer,
    socket_of,
    token_of,
    token_opens,
    wait_for_mail,
    words_of,
)
from tests.servers.confer import ConferServer

_SECRET = re.compile(r"confer_[A-Za-z0-9_-]{43}")


def endings(page: str) -> list[str]:
    return re.findall(r'action="(/settings/sessions/[0-9a-f-]{36}/ending)"', page)


def me(server: ConferServer, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.get(f"{server.url}/api/v1/me", headers=headers, verify=False, trust_env=False).status_code


def test_sessions_end_one_by_one_and_all_at_once(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    others = [Visitor(server) for _ in range(3)]
    for other in others:
        other.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        other.sign_in(address)
    page = visitor.get("/settings/sessions").text
    assert page.count("Firefox on Linux") == 3
    assert page.count("This browser") == 1
    assert len(endings(page)) == 3
    assert visitor.post(endings(page)[0]).status_code == 303
    assert sorted(other.is_signed_in for other in others) == [False, True, True]
    assert visitor.post(endings(page)[0]).status_code == 404
    assert visitor.post("/settings/sessions/ending").status_code == 303
    assert not any(other.is_signed_in for other in others)
    assert visitor.is_signed_in
    assert endings(visitor.get("/settings/sessions").text) == []


async def test_tokens_end_with_the_sessions_where_that_is_ticked(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    assert "/settings/sessions/ending" not in visitor.get("/settings/sessions").text
    tokens = [token_of(server, address) for _ in range(2)]
    socket = await socket_of(server, tokens[1])
    page = visitor.get("/settings/sessions").text
    assert "Also revoke my two access tokens" in page
    assert 'name="end_tokens" value="yes" checked' in page
    visitor.post("/settings/sessions/ending")
    assert token_opens(server, tokens[0])
    assert "every other browser" in visitor.get("/settings/sessions").text
    visitor.send_form("/settings/sessions/ending", end_tokens="yes")
    assert await socket.closed(2.0) == 4401
    assert not any(token_opens(server, token) for token in tokens)
    assert visitor.is_signed_in


def test_anothers_session_is_not_there(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    Visitor(server).sign_in(address)
    (path,) = endings(visitor.get("/settings/sessions").text)
    stranger, _ = newcomer(server)
    assert stranger.post(path).status_code == 404
    assert len(endings(visitor.get("/settings/sessions").text)) == 1


def test_token_is_shown_once_and_revoked(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    fields = hidden_fields(visitor.get("/settings/tokens").text) | {"label": "  Nightly <report>  "}
    made = visitor.send_form("/settings/tokens", **fields)
    assert made.status_code == 201
    assert "Nightly &lt;report&gt;" in made.text
    (secret,) = set(_SECRET.findall(made.text))
    assert me(server, secret) == 200
    again = visitor.send_form("/settings/tokens", **fields)
    assert (again.status_code, again.headers["location"]) == (303, "/settings/tokens")
    listed = visitor.get("/settings/tokens").text
    assert not _SECRET.search(listed)
    assert listed.count("/revocation") == 1
    (path,) = re.findall(r'action="(/settings/tokens/[0-9a-f-]{36}/revocation)"', listed)
    stranger, _ = newcomer(server)
    assert stranger.post(path).status_code == 404
    assert visitor.post(path).status_code == 303
    assert me(server, secret) == 401
    assert visitor.post(path).status_code == 404


def test_token_needs_a_label(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    for label in ("", " \u200b ", "x" * 200):
        assert visitor.send_form("/settings/tokens", label=label).status_code == 422
    assert "/revocation" not in visitor.get("/settings/tokens").text


def test_same_key_with_another_label_is_shown_again(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    fields = hidden_fields(visitor.get("/settings/tokens").text)
    visitor.send_form("/settings/tokens", **fields, label="one")
    answer = visitor.send_form("/settings/tokens", **fields, label="two")
    assert (answer.status_code, "already sent this form" in answer.text, "two" in answer.text) == (422, True, True)
    assert hidden_fields(answer.text)["key"] != fields["key"]


def test_owner_is_told_that_a_token_was_made(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    before = len(mails_to(server, address))
    fields = hidden_fields(visitor.get("/settings/tokens").text) | {"label": "Nightly <report>"}
    made = visitor.send_form("/settings/tokens", **fields)
    (secret,) = set(_SECRET.findall(made.text))
    mail = wait_for_mail(server, address, before + 1)
    assert str(mail["subject"]).startswith("A token was made for your account")
    assert "“Nightly <report>”" in words_of(mail)
    assert f"{server.url}/settings/tokens" in words_of(mail)
    assert secret not in mail.as_string()
