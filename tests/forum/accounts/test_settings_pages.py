"""Profile, password and e-mail address."""

import asyncio

from tests.forum.accounts.visitor import (
    PASSWORD,
    Visitor,
    link_in,
    mails_to,
    new_address,
    newcomer,
    socket_of,
    token_of,
    token_opens,
    wait_for_mail,
    words_of,
)
from tests.servers.confer import ConferServer

NEXT = "two tortoises under a copper sky"


def test_profile_is_kept(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    before = visitor.get("/api/v1/me").json()
    profile = {"name": "Nadia O.", "job_title": "Midwife", "organisation": "Leeds", "about": "One.\r\n\r\n\r\nTwo."}
    answer = visitor.send_form("/settings/profile", **profile)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/profile")
    page = visitor.get("/settings/profile").text
    assert "Saved." in page
    assert "Midwife" in page
    after = visitor.get("/api/v1/me").json()
    assert after["about"] == "One.\n\nTwo."
    assert after["version"] == before["version"] + 1


def test_wrong_profile_is_shown_again(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    answer = visitor.send_form(
        "/settings/profile", name="", job_title="Midwife", organisation="x" * 500, about="a" * 2001
    )
    assert answer.status_code == 422
    assert "There are a few problems" in answer.text
    assert "Midwife" in answer.text
    assert visitor.get("/api/v1/me").json()["name"] == "Nadia Osman"


def test_strangers_are_sent_to_sign_in(server: ConferServer) -> None:
    for page in ("profile", "password", "email", "sessions", "tokens", "close", "data", "data/file"):
        answer = Visitor(server).get(f"/settings/{page}")
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), page
    assert Visitor(server).send_form("/settings/close").status_code == 401


def test_new_password_signs_out_everywhere_else(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    elsewhere = Visitor(server)
    elsewhere.sign_in(address)
    wrong = visitor.send_form("/settings/password", current_password="not this one at all", new_password=NEXT)
    assert (wrong.status_code, "not your password" in wrong.text) == (422, True)
    weak = visitor.send_form("/settings/password", current_password=PASSWORD, new_password="password1234")
    assert (weak.status_code, "first that are tried" in weak.text) == (422, True)
    assert elsewhere.is_signed_in
    answer = visitor.send_form("/settings/password", current_password=PASSWORD, new_password=NEXT)
    assert answer.status_code == 303
    assert visitor.is_signed_in
    assert not elsewhere.is_signed_in
    assert Visitor(server).sign_in(address, PASSWORD).status_code == 422
    assert Visitor(server).sign_in(address, NEXT).status_code == 303
    assert "was changed" in str(wait_for_mail(server, address, 2)["subject"])


async def test_a_new_password_revokes_tokens_where_that_is_ticked(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    assert "end_tokens" not in visitor.get("/settings/password").text
    token = token_of(server, address)
    socket = await socket_of(server, token)
    page = visitor.get("/settings/password").text
    assert "Also revoke my one access token" in page
    assert 'name="end_tokens" value="yes" checked' in page
    assert visitor.send_form("/settings/password", current_password=PASSWORD, new_password=NEXT).status_code == 303
    assert token_opens(server, token)
    told = words_of(await asyncio.to_thread(wait_for_mail, server, address, about="was changed"))
    assert "one API token still works" in told
    assert "revoked" not in told
    fields = {"current_password": NEXT, "new_password": PASSWORD}
    again = visitor.send_form("/settings/password", **fields | {"current_password": "wrong"}, end_tokens="yes")
    assert 'value="yes" checked' in again.text
    assert 'value="yes" checked' not in visitor.send_form("/settings/password", current_password="wrong").text
    assert visitor.send_form("/settings/password", **fields, end_tokens="yes").status_code == 303
    assert await socket.closed(2.0) == 4401
    assert not token_opens(server, token)
    assert "access tokens no longer work" in visitor.get("/settings/password").text


def test_new_address_is_proved_and_the_old_one_told(server: ConferServer) -> None:
    visitor, old = newcomer(server)
    new = new_address("moved")
    refused = visitor.send_form("/settings/email", email=new, current_password="not this one at all")
    assert (refused.status_code, new in refused.text) == (422, True)
    assert visitor.send_form("/settings/email", email=new, current_password=PASSWORD).status_code == 303
    path = link_in(server, wait_for_mail(server, new))
    assert visitor.get(path).status_code == 200
    assert visitor.get("/api/v1/me").json()["email"] == old
    assert visitor.post(path).headers["location"] == "/settings/email"
    assert visitor.get("/api/v1/me").json()["email"] == new
    assert "was changed" in str(wait_for_mail(server, old, 2)["subject"])
    assert Visitor(server).sign_in(old).status_code == 422
    assert Visitor(server).sign_in(new).status_code == 303
    for browser in (visitor, Visitor(server)):
        used = browser.get(path)
        assert (used.status_code, 'href="/settings/email"' in used.text, "/again" in used.text) == (410, True, False)
    assert Visitor(server).post(path).status_code == 410


def test_the_page_says_which_address_waits_and_lets_go_of_it(server: ConferServer) -> None:
    visitor, old = newcomer(server)
    wrong, new = new_address("wrong"), new_address("right")
    for address in (wrong, new):
        visitor.send_form("/settings/email", email=address, current_password=PASSWORD)
        wait_for_mail(server, address)
    page = visitor.get("/settings/email").text
    assert (f"sent to {new}" in page, wrong in page) == (True, False)
    assert visitor.send_form("/settings/email/again").headers["location"] == "/settings/email"
    links = [link_in(server, wait_for_mail(server, new, number)) for number in (1, 2)]
    assert [Visitor(server).get(path).status_code for path in links] == [200, 200]
    assert visitor.send_form("/settings/email/cancel").status_code == 303
    assert new not in visitor.get("/settings/email").text
    dead = [visitor.post(path) for path in (*links, link_in(server, wait_for_mail(server, wrong)))]
    assert [answer.status_code for answer in dead] == [410, 410, 410]
    assert visitor.get("/api/v1/me").json()["email"] == old
    assert visitor.send_form("/settings/email/again").status_code == 303
    assert len(mails_to(server, new)) == 2


def test_anothers_address_is_not_told_to_be_known(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    _, taken = newcomer(server)
    answers = [
        visitor.send_form("/settings/email", email=one, current_password=PASSWORD) for one in (taken, new_address())
    ]
    assert len({(answer.status_code, answer.headers["location"], answer.text) for answer in answers}) == 1
    # Asked for again: of two wishes at once the first may be over before its mail is written.
    visitor.send_form("/settings/email", email=taken, current_password=PASSWORD)
    assert "stays yours" in str(wait_for_mail(server, taken, 2)["subject"])
    assert f"sent to {taken}" in visitor.get("/settings/email").text


def test_address_taken_in_the_meantime_is_refused_at_the_button(server: ConferServer) -> None:
    visitor, old = newcomer(server)
    wanted = new_address("both")
    visitor.send_form("/settings/email", email=wanted, current_password=PASSWORD)
    path = link_in(server, wait_for_mail(server, wanted))
    other = Visitor(server)
    other.send_form("/register", name="Other", email=wanted, password=PASSWORD)
    other.post(link_in(server, wait_for_mail(server, wanted, 2)))
    answer = visitor.post(path)
    assert (answer.status_code, "has another account" in answer.text) == (409, True)
    assert visitor.get("/api/v1/me").json()["email"] == old
    assert len(mails_to(server, old)) == 1
