"""Registering through the forms, links that act only by their button, and the first account of a site."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.forum.accounts.visitor import (
    PASSWORD,
    Visitor,
    hidden_fields,
    link_in,
    mails_to,
    new_address,
    newcomer,
    register,
    wait_for_mail,
    words_of,
)
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.shapes import SQLITE_MEMORY

OTHER = "nine umbrellas in a tall hallway"


def test_registering_proves_the_address_by_a_button(server: ConferServer) -> None:
    address, visitor = new_address(), Visitor(server)
    answer = visitor.send_form("/register", name="Ama Boateng", email=address, password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/register/sent")
    assert not visitor.is_signed_in
    path = link_in(server, wait_for_mail(server, address))
    for _ in range(2):  # a scanner of mails opens it, and nothing happens
        page = Visitor(server).get(path)
        assert page.status_code == 200
        assert "Ama Boateng" in page.text
    assert 'name="password"' not in visitor.get(path).text
    assert visitor.sign_in(address).status_code == 422
    opened = visitor.post(path)
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    assert visitor.is_signed_in
    again = Visitor(server).post(path)
    assert again.status_code == 410
    assert "used already" in again.text


def test_one_goes_on_where_one_wanted_to(server: ConferServer) -> None:
    address, visitor = new_address(), Visitor(server)
    visitor.send_form("/register", name="Ama", email=address, password=PASSWORD, next="/networks?q=falls")
    answer = visitor.post(link_in(server, wait_for_mail(server, address)))
    assert answer.headers["location"] == "/networks?q=falls"
    evil = Visitor(server)
    address = new_address()
    evil.send_form("/register", name="Ama", email=address, password=PASSWORD, next="//evil.example/")
    assert evil.post(link_in(server, wait_for_mail(server, address))).headers["location"] == "/"


def test_known_address_is_answered_like_an_unknown_one(server: ConferServer) -> None:
    _, known = newcomer(server)
    answers = [register(server, address) for address in (known, known.upper(), new_address())]
    assert len({(answer.status_code, answer.headers["location"], answer.text) for answer in answers}) == 1
    mail = wait_for_mail(server, known, 2)
    assert "already have an account" in str(mail["subject"])
    assert "/verify/" not in words_of(mail)


def test_whoever_waits_with_a_password_for_anothers_address_gets_nothing(server: ConferServer) -> None:
    """Registered twice before it was proved: neither password counts, and only the mail decides."""
    address, attacker, owner = new_address(), Visitor(server), Visitor(server)
    attacker.send_form("/register", name="Buy now", email=address, password=OTHER)
    first = link_in(server, wait_for_mail(server, address))
    owner.send_form("/register", name="Ama Boateng", email=address, password=PASSWORD)
    mail = wait_for_mail(server, address, 2)
    assert "Buy now" not in words_of(mail)
    claim = link_in(server, mail)
    attacker.send_form("/register/again", email=address)
    assert Visitor(server).post(first).status_code == 410
    assert attacker.sign_in(address, OTHER).status_code == 422
    assert owner.sign_in(address).status_code == 422
    refused = owner.send_form(claim, name="Ama Boateng", password="short")
    assert (refused.status_code, "at least 12 characters" in refused.text) == (422, True)
    assert owner.send_form(claim, name="Ama Boateng", password=PASSWORD).status_code == 303
    assert owner.is_signed_in
    assert attacker.sign_in(address, OTHER).status_code == 422


def test_who_registers_anothers_address_gets_nothing_when_its_owner_confirms(server: ConferServer) -> None:
    """The owner reads the mail in a browser of their own: only the password that they choose there counts."""
    address, attacker, owner = new_address(), Visitor(server), Visitor(server)
    assert attacker.send_form("/register", name="Buy now", email=address, password=OTHER).status_code == 303
    path = link_in(server, wait_for_mail(server, address))
    stranger = Visitor(server)
    stranger.send_form("/register", name="Eve", email=new_address(), password=OTHER)
    for browser in (owner, stranger):
        assert 'name="password"' in browser.get(path).text
        refused = browser.post(path)
        assert (refused.status_code, browser.is_signed_in) == (422, False)
    assert owner.send_form(path, name="Ama Boateng", password=PASSWORD).status_code == 303
    assert owner.is_signed_in
    assert owner.get("/api/v1/me").json()["name"] == "Ama Boateng"
    assert attacker.sign_in(address, OTHER).status_code == 422
    assert attacker.post(path).status_code == 410
    assert Visitor(server).sign_in(address, PASSWORD).status_code == 303


def test_registering_marks_the_browser_whether_or_not_the_address_is_known(server: ConferServer) -> None:
    _, known = newcomer(server)
    marks = []
    for address in (known, new_address()):
        (cookie,) = register(server, address).headers.get_list("set-cookie")
        mark, _, rest = cookie.partition(";")
        marks.append((len(mark), rest))
        assert mark.startswith("confer-registered=")
        assert "HttpOnly" in rest
    assert marks[0] == marks[1]


def test_mail_is_sent_again_to_whom_it_concerns_only(server: ConferServer) -> None:
    address, (_, verified), unknown = new_address(), newcomer(server), new_address()
    register(server, address)
    wait_for_mail(server, address)
    answers = [Visitor(server).send_form("/register/again", email=one) for one in (verified, unknown, address)]
    assert len({(answer.status_code, answer.headers["location"]) for answer in answers}) == 1
    link_in(server, wait_for_mail(server, address, 2))
    assert len(mails_to(server, verified)) == 1
    assert mails_to(server, unknown) == []


BAD = [
    ({"email": "nobody"}, "has an @ in it"),
    ({"email": "Ama <ama@example.org>"}, "name@example.org"),
    ({"email": "ama@example.org\r\nBcc: x@example.org"}, "invisible"),
    ({"email": "a b@example.org"}, "space"),
    ({"email": ""}, "name@example.org"),
    ({"name": ""}, "name"),
    ({"name": "a" * 300}, "at most 100 characters"),
    ({"name": "\x00\u202e"}, "name"),
    ({"name": "p\u0430ypal"}, "two alphabets"),
    ({"password": "password1234"}, "first that are tried"),
    ({"password": "x" * 400}, "128"),
    ({"password": "correct@example.org"}, "address"),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    server: ConferServer, wrong: dict[str, str], sentence: str
) -> None:
    fields = {"name": "Ama Boateng", "email": "correct@example.org", "password": PASSWORD} | wrong
    answer = Visitor(server).send_form("/register", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert PASSWORD not in answer.text
    kept = "Ama Boateng" if "name" not in wrong else "correct@example.org"
    assert kept in answer.text
    assert ("Type it once more" in answer.text) == ("password" not in wrong)


def test_unusual_but_right_input_is_taken(server: ConferServer) -> None:
    for name, address in (("José Ñandú 🎈", "jose+lists@exämple.org"), ("Nguyễn Thị Ánh", f"ÄRZTIN.{new_address()}")):
        assert register(server, address, name).status_code == 303


def test_unknown_link_says_so(server: ConferServer) -> None:
    for path in ("/verify/nothing", "/reset/nothing", "/verify/" + "a" * 43):
        answer = Visitor(server).get(path)
        assert (answer.status_code, "one of ours" in answer.text) == (404, True)
        assert answer.headers["cache-control"] == "private, no-store"


def test_field_sent_twice_is_refused(server: ConferServer) -> None:
    answer = Visitor(server).post(
        "/register",
        content="email=a%40example.org&email=b%40example.org&name=A&password=x",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 422


def test_another_site_can_not_register(server: ConferServer) -> None:
    answer = httpx2.post(
        f"{server.url}/register",
        data={"name": "A", "email": new_address(), "password": PASSWORD},
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        trust_env=False,
    )
    assert answer.status_code == 403


def test_registered_twice_the_first_link_points_to_the_newer_message(server: ConferServer) -> None:
    address = new_address()
    register(server, address)
    first = link_in(server, wait_for_mail(server, address))
    register(server, address)
    mail = wait_for_mail(server, address, 2)
    assert "archive" not in words_of(mail)
    page = Visitor(server).get(link_in(server, mail)).text
    assert "Finish registering" in page
    assert "Take over" not in page
    dead = Visitor(server).get(first)
    assert (dead.status_code, "A newer message was sent" in dead.text) == (410, True)
    assert "password was changed" not in dead.text


def test_errors_are_listed_in_the_order_of_the_fields(server: ConferServer) -> None:
    text = Visitor(server).send_form("/register", name="", email="nobody", password="short").text
    places = [text.index(f'href="#f-{name}"') for name in ("name", "email", "password")]
    assert places == sorted(places)


def test_every_door_on_a_page_for_strangers_leads_back_to_it(server: ConferServer) -> None:
    text = Visitor(server).get("/networks/no-such-network/members?q=falls").text
    assert text.count('href="/sign-in?next=/networks/no-such-network/members%3Fq%3Dfalls"') == 2
    assert 'href="/register?next=/networks/no-such-network/members%3Fq%3Dfalls"' in text
    assert 'href="/sign-in"' in Visitor(server).get("/register").text
    assert Visitor(server).get("/register?next=/networks").text.count('href="/sign-in?next=/networks"') == 2
    assert "evil.example" not in Visitor(server).get("/forgotten?next=//evil.example/").text


def found_network(server: ConferServer, access: str, bearer: dict[str, str]) -> str:
    """The path of a new network of whoever bears this token."""
    fields = {"name": f"Board {new_address()}", "purpose": "Plans.", "access": access}
    made = Visitor(server).post("/api/v1/networks", json=fields, headers=bearer)
    return f"/networks/{made.json()['slug']}"


def test_the_front_of_a_closed_network_is_found_again_after_registering(server: ConferServer) -> None:
    path = found_network(server, "closed", server.person("Amara Okafor").bearer)
    visitor, address = Visitor(server), new_address()
    assert f'href="/register?next={path}"' in visitor.get(path).text
    assert f'name="next" value="{path}"' in visitor.get(f"/register?next={path}").text
    visitor.send_form("/register", name="Ama", email=address, password=PASSWORD, next=path)
    assert visitor.post(link_in(server, wait_for_mail(server, address))).headers["location"] == path


def test_who_is_invited_registers_where_registration_is_closed(tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path, None, REGISTRATION="closed") as server:
        bearer = server.person("Amara Okafor").bearer
        path, address, visitor = found_network(server, "secret", bearer), new_address(), Visitor(server)
        Visitor(server).post(f"/api/v1{path}/invitations", json={"emails": [address]}, headers=bearer)
        link = link_in(server, wait_for_mail(server, address))
        page = visitor.get(link).text
        assert address in page
        shown = hidden_fields(page)
        person = {"name": "Ama Boateng", "password": PASSWORD}
        elsewhere = visitor.send_form("/register", **person, **shown | {"email": new_address()})
        assert (elsewhere.status_code, f"went to {address}" in elsewhere.text) == (422, True)
        forged = shown | {"invitation": shown["invitation"][:-1] + ("0" if shown["invitation"][-1] != "0" else "1")}
        assert visitor.send_form("/register", **person, **forged | {"email": address}).status_code == 403
        assert "Registration is closed" in visitor.get(f"/register?invitation={forged['invitation']}").text
        opened = visitor.send_form("/register", **person, **shown | {"email": address})
        assert opened.headers["location"] == path
        assert "Start a thread" in visitor.get(path).text
        again = Visitor(server).send_form("/register", **person, **shown | {"email": address})
        assert again.status_code == 410  # used, and registration is closed


def test_an_invitation_to_another_address_says_so(server: ConferServer) -> None:
    bearer = server.person("Amara Okafor").bearer
    for access in ("secret", "closed", "open"):
        path, invited, address = found_network(server, access, bearer), new_address(), new_address("other")
        Visitor(server).post(f"/api/v1{path}/invitations", json={"emails": [invited]}, headers=bearer)
        link, visitor = link_in(server, wait_for_mail(server, invited)), Visitor(server)
        page = visitor.get(link).text
        person = {"name": "Ama Boateng", "password": PASSWORD, "email": address}
        visitor.send_form("/register", **hidden_fields(page) | person)
        opened = visitor.post(link_in(server, wait_for_mail(server, address)))
        assert opened.headers["location"] == link
        told = visitor.get(link)
        assert told.status_code == 200
        assert f"come in with {address}: ask Amara Okafor to invite that address" in told.text
        assert (path in told.text) == (access != "secret")
        assert visitor.post(f"{link}/acceptance").status_code == 403  # told the same, and no member
        Visitor(server).post(f"/api/v1{path}/invitations", json={"emails": [address]}, headers=bearer)
        assert f"come in with {address}: ask Amara Okafor to invite that address" in visitor.get(link).text
        own = link_in(server, wait_for_mail(server, address, 2))
        assert "Join " in visitor.get(own).text
        assert visitor.post(f"{own}/acceptance").headers["location"] == path


def test_closed_registration_and_domains_are_settings(tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "closed", None, REGISTRATION="closed") as server:
        server.person("Site Administrator", site_administrator=True)
        assert "Registration is closed" in Visitor(server).get("/register").text
        assert register(server, new_address()).status_code == 403
        secret = "0" * 26 + "." + "a" * 64
        fields = {"name": "Nadia Osman", "email": new_address(), "password": PASSWORD, "invitation": secret}
        page = Visitor(server).send_form("/register", **fields).text
        assert f'<input type="hidden" name="invitation" value="{secret}">' in page  # it goes along, and nobody sees it
        assert (page.count(secret), "Nadia Osman" in page, PASSWORD in page) == (1, True, False)
        answer = httpx2.post(
            f"{server.url}/api/v1/accounts",
            json={"email": new_address(), "name": "A", "password": PASSWORD},
            trust_env=False,
        )
        assert answer.status_code == 403
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "domains", None, EMAIL_DOMAINS="nhs.uk, example.org") as server:
        server.person("Site Administrator", site_administrator=True)
        refused = register(server, "ama@gmail.example")
        assert (refused.status_code, "example.org, nhs.uk" in refused.text) == (422, True)
        assert register(server, new_address()).status_code == 303
        assert register(server, "ama@mail.nhs.uk").status_code == 422


def set_up_path(server: ConferServer) -> str:
    """The address that the terminal names, a moment after the server is ready."""
    deadline = time.monotonic() + 15
    while "Make the first one at " not in server.said():
        assert time.monotonic() < deadline, "the terminal names no address"
        time.sleep(0.02)
    return server.said().split("Make the first one at ")[1].split()[0].removeprefix(server.url)


def test_first_account_is_made_by_whoever_reads_the_terminal(own_server: ConferServer) -> None:
    path, visitor = set_up_path(own_server), Visitor(own_server)
    for elsewhere in ("/", "/register", "/sign-in", "/networks"):
        assert "Look into the terminal" in visitor.get(elsewhere).text
        assert path not in visitor.get(elsewhere).text
    for before in ("/", path):
        assert 'href="/sign-in"' not in visitor.get(before).text
        assert 'action="/networks"' not in visitor.get(before).text
    assert visitor.get("/set-up/" + "0" * 32).status_code == 404
    early = visitor.post("/api/v1/accounts", json={"email": new_address(), "name": "A", "password": PASSWORD})
    assert early.status_code == 403
    fields = {"name": "Ama Boateng", "password": PASSWORD}
    assert visitor.get(path).status_code == 200
    assert visitor.send_form(path, **fields, email="nothing").status_code == 422
    page = visitor.send_form(path, name="Ystradgynlais" * 25, password=PASSWORD, email="ama@example.org").text
    field = re.search(r'<input [^>]*name="name"[^>]*value="(\w+)"[^>]*maxlength="(\d+)"', page)
    assert field is not None
    # Nor does a browser cut off what is pasted: it would take a name away without a word.
    assert (field[1], int(field[2]) > 325) == ("Ystradgynlais" * 25, True)
    assert 'id="f-name-error"' in page
    assert 'value="ama@example.org"' in page

    def make(number: int) -> int:
        return Visitor(own_server).send_form(path, **fields, email=f"first{number}@example.org").status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(make, range(8))) == [303] + [410] * 7
    done = visitor.get(path)
    assert (done.status_code, "Set-up is done" in done.text, 'href="/sign-in"' in done.text) == (410, True, True)
    late = visitor.send_form(path, **fields, email="late@example.org")
    assert (late.status_code, "Set-up is done" in late.text, "What you wrote" in late.text) == (410, True, False)
    assert visitor.get("/set-up/" + "0" * 32).status_code == 404
    assert "Look into the terminal" not in visitor.get("/sign-in").text
    first = next(number for number in range(8) if visitor.sign_in(f"first{number}@example.org").status_code == 303)
    assert visitor.get("/api/v1/me").json()["site_administrator"] is True
    assert visitor.get("/api/v1/me").json()["email"] == f"first{first}@example.org"
    log = visitor.get("/site/log").text
    assert "The first account, for Ama Boateng, was made on the set-up page." in log
    assert "command line" not in log
