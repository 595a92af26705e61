"""Signing in and out: the same for known and unknown addresses; slowed, never locked; nothing written is lost."""

import asyncio
import html
import json
import os
import statistics
from collections.abc import Callable
from pathlib import Path

import httpx2
from sqlalchemy import select, update

from auth.tables import accounts, sessions
from ground.columns import now
from tests.forum.accounts.visitor import (
    PASSWORD,
    Visitor,
    hidden_fields,
    link_in,
    mails_to,
    new_address,
    newcomer,
    register,
    socket_of,
    token_of,
    token_opens,
    wait_for_mail,
    words_of,
)
from tests.forum.threads.village import open_village
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.shapes import SQLITE_MEMORY

WRONG = "eleven lanterns beside a quiet canal"
NEXT = "two tortoises under a copper sky"


def without_address(answer: httpx2.Response, address: str) -> tuple[int, str]:
    return answer.status_code, answer.text.replace(html.escape(address), "ADDRESS")


def test_wrong_and_unknown_are_answered_alike(server: ConferServer) -> None:
    _, known = newcomer(server)
    unverified, unknown = new_address(), new_address()
    register(server, unverified)
    answers = [without_address(Visitor(server).sign_in(one, WRONG), one) for one in (known, unverified, unknown)]
    assert len(set(answers)) == 1
    assert answers[0][0] == 422
    assert "not right" in answers[0][1]


def processor_seconds(server: ConferServer) -> float:
    """What the server has computed so far: other programs on this machine do not change it."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cost_of(server: ConferServer, act: Callable[[], httpx2.Response]) -> float:
    before = processor_seconds(server)
    act()
    return processor_seconds(server) - before


def test_known_and_unknown_cost_the_same_work(tmp_path: Path) -> None:
    """The hash is nearly all of it, and is made for everybody."""
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "confer", None, PASSWORDS="slow") as server:
        server.person("First")  # before whom nobody registers
        compare_costs(server)


def compare_costs(server: ConferServer) -> None:
    """In turn, by the processor's own clock."""
    _, known = newcomer(server)
    unproved = new_address()
    register(server, unproved)
    costs: dict[str, list[float]] = {"known": [], "unknown": [], "unproved": [], "registered": [], "new": []}
    for _ in range(9):
        visitor = Visitor(server)
        costs["known"].append(cost_of(server, lambda: visitor.sign_in(known, WRONG)))  # noqa: B023
        costs["unknown"].append(cost_of(server, lambda: visitor.sign_in(new_address(), WRONG)))  # noqa: B023
        costs["unproved"].append(cost_of(server, lambda: visitor.sign_in(unproved, PASSWORD)))  # noqa: B023
        costs["registered"].append(cost_of(server, lambda: register(server, known)))
        costs["new"].append(cost_of(server, lambda: register(server, new_address())))
    usual = {name: statistics.median(values) for name, values in costs.items()}
    assert usual["known"] > 0.03, "no hash was made"
    for one, other in (("known", "unknown"), ("unproved", "unknown"), ("registered", "new")):
        assert abs(usual[one] - usual[other]) < 0.3 * max(usual[one], usual[other]), usual


def test_session_cookie_is_kept_from_scripts(server: ConferServer) -> None:
    _, address = newcomer(server)
    cookies = Visitor(server).sign_in(address).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("confer="))
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Path=/" in session


def test_one_goes_on_to_pages_of_this_site_only(server: ConferServer) -> None:
    _, address = newcomer(server)
    wanted = {"/networks?q=x": "/networks?q=x", "//evil.example": "/", "https://evil.example/": "/", "/sign-in": "/"}
    for asked, reached in wanted.items():
        assert Visitor(server).sign_in(address, next=asked).headers["location"] == reached
    visitor = Visitor(server)
    answer = visitor.get("/settings/profile")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fsettings%2Fprofile")
    visitor.sign_in(address)
    assert visitor.get("/sign-in", params={"next": "/settings/email"}).headers["location"] == "/settings/email"


def test_who_has_not_confirmed_is_told_what_all_are_told(server: ConferServer) -> None:
    """Otherwise whoever registers an address learns by signing in whether it had an account before."""
    _, known = newcomer(server)
    address, unknown, visitor = new_address(), new_address(), Visitor(server)
    for one in (known, address):
        visitor.send_form("/register", name="Ama Boateng", email=one, password=NEXT)
    wait_for_mail(server, address)
    answers = [without_address(Visitor(server).sign_in(one, NEXT), one) for one in (known, address, unknown)]
    assert len(set(answers)) == 1
    assert "open the link in our message first" in answers[0][1]
    assert 'href="/register/again"' in answers[0][1]
    assert not visitor.is_signed_in
    visitor.send_form("/register/again", email=address)
    asked = {"name": "Ama Boateng", "password": NEXT}
    assert visitor.send_form(link_in(server, wait_for_mail(server, address, 2)), **asked).status_code == 303
    assert visitor.is_signed_in


def test_words_of_a_stale_form_come_back_after_signing_in(server: ConferServer) -> None:
    """The form was open when the session ended: sign in, and what was typed is there, to be sent by one's own press."""
    visitor, address = newcomer(server)
    visitor.cookies.delete("confer")
    about = 'I run the <b>pump</b> clinic.\n"Thursdays" & Fridays.'
    fields = {"name": "Nadia Osman", "job_title": "Nurse", "organisation": "", "about": about}
    refused = visitor.send_form("/settings/profile", **fields)
    assert refused.status_code == 401
    hidden = {name: html.unescape(value) for name, value in hidden_fields(refused.text).items()}
    wrong = visitor.sign_in(address, WRONG, next=hidden["next"], held=hidden["held"])
    assert html.escape(json.loads(hidden["held"])["fields"]["job_title"]) in html.unescape(wrong.text)
    answer = visitor.sign_in(address, next=hidden["next"], held=hidden["held"])
    assert answer.status_code == 200
    assert "Here is what you wrote" in answer.text
    assert 'action="/settings/profile"' in answer.text
    assert html.escape(about, quote=False).replace('"', "&#34;") in answer.text
    assert "pump" not in visitor.get("/settings/profile").text
    assert visitor.send_form("/settings/profile", **fields).status_code == 303
    assert "pump" in visitor.get("/settings/profile").text


def test_held_words_lead_to_this_site_only(server: ConferServer) -> None:
    _, address = newcomer(server)
    for held in (
        '{"action": "https://evil.example/", "fields": {"body": "x"}}',
        '{"action": "//evil.example/", "fields": {"body": "x"}}',
        '{"action": "/sign-out", "fields": {"body": "x"}}',
        '{"action": "/threads", "fields": {"body": ["x"]}}',
        '{"action": "/threads", "fields": "x"}',
        "[" * 5_000,
        "nonsense",
    ):
        answer = Visitor(server).sign_in(address, held=held, next="/networks")
        assert (answer.status_code, answer.headers["location"]) == (303, "/networks"), held


def test_signing_out_ends_the_session_and_clears_the_browser(server: ConferServer) -> None:
    visitor, _ = newcomer(server)
    secret = visitor.cookies["confer"]
    assert "Sign out" in visitor.get("/sign-out").text
    assert visitor.is_signed_in
    answer = visitor.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "confer" not in visitor.cookies
    thief = Visitor(server)
    thief.cookies.set("confer", secret)
    assert not thief.is_signed_in
    assert Visitor(server).post("/sign-out").status_code == 303


def test_signing_in_again_ends_the_session_of_this_browser_only(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    elsewhere = Visitor(server)
    elsewhere.sign_in(address)
    before = visitor.cookies["confer"]
    visitor.sign_in(address)
    assert visitor.cookies["confer"] != before
    old = Visitor(server)
    old.cookies.set("confer", before)
    assert not old.is_signed_in
    assert elsewhere.is_signed_in


def test_account_is_slowed_and_never_locked(tmp_path: Path) -> None:
    """After five failures strangers wait; a browser that signed in before goes in at once."""
    with confer_in_shape(SQLITE_MEMORY, tmp_path / "confer", None, RATE_LIMITS="on") as server:
        person = server.person("Leila Haddad")
        known = Visitor(server)
        assert known.sign_in(person.email, person.password).status_code == 303
        known.post("/sign-out")
        attacker = Visitor(server)
        answers = [attacker.sign_in(person.email, WRONG) for _ in range(8)]
        assert [answer.status_code for answer in answers[:5]] == [422] * 5
        slowed = answers[-1]
        assert slowed.status_code == 429
        assert 1 <= int(slowed.headers["retry-after"]) <= 60
        assert "Try again in" in slowed.text
        assert person.email in slowed.text
        assert attacker.sign_in(person.email, person.password).status_code == 429
        assert known.sign_in(person.email, person.password).status_code == 303
        asked = [Visitor(server).send_form("/forgotten", email="x@example.org") for _ in range(6)]
        assert [answer.status_code for answer in asked] == [303] * 5 + [429]
        assert "x@example.org" in asked[-1].text
        assert int(asked[-1].headers["retry-after"]) > 60
        unknown = [Visitor(server).sign_in("nobody.here@example.org", WRONG).status_code for _ in range(8)]
        assert unknown == [answer.status_code for answer in answers]


def test_forgotten_password(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    unknown, stranger = new_address(), Visitor(server)
    answers = [stranger.send_form("/forgotten", email=one) for one in (unknown, address.upper())]
    assert len({(answer.status_code, answer.headers["location"], answer.text) for answer in answers}) == 1
    path = link_in(server, wait_for_mail(server, address, 2))
    assert mails_to(server, unknown) == []
    assert stranger.get(path).status_code == 200
    assert visitor.is_signed_in
    weak = stranger.send_form(path, password="Nadia Osman 1")
    assert (weak.status_code, "your own name" in weak.text) == (422, True)
    assert stranger.send_form(path, password=NEXT).status_code == 303
    assert stranger.is_signed_in
    assert not visitor.is_signed_in
    assert stranger.send_form(path, password=WRONG).status_code == 410
    assert Visitor(server).sign_in(address, PASSWORD).status_code == 422
    assert Visitor(server).sign_in(address, NEXT).status_code == 303
    assert "was changed" in str(wait_for_mail(server, address, 3)["subject"])


async def test_who_is_suspended_reads_so_and_whom_to_write_to(server: ConferServer) -> None:
    _, address = newcomer(server)
    village = open_village(server)
    async with village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.email == address).values(suspended_at=now()))
    await village.close()
    held = json.dumps({"action": "/threads/1/posts", "fields": {"body": "My words."}})
    told = Visitor(server).sign_in(address, held=held)
    assert (told.status_code, "session" in told.cookies) == (403, False)
    assert "This account is suspended" in told.text
    assert '<a href="/about/contact">write to those who look after this site</a>' in told.text
    assert 'action="/sign-in"' in told.text
    assert "Try again" not in told.text
    assert html.escape(held, quote=True).replace("&quot;", "&#34;") in told.text, "their words stay in the form"
    # A stranger learns nothing.
    strangers = [without_address(Visitor(server).sign_in(one, WRONG), one) for one in (address, new_address())]
    assert strangers[0] == strangers[1]
    assert strangers[0][0] == 422


async def test_who_is_suspended_and_asks_for_a_password_reads_why_there_is_none(server: ConferServer) -> None:
    _, address = await asyncio.to_thread(newcomer, server)
    village = open_village(server)
    async with village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.email == address).values(suspended_at=now()))
    await village.close()
    stranger = Visitor(server)
    answers = [await asyncio.to_thread(stranger.send_form, "/forgotten", email=one) for one in (address, new_address())]
    assert len({(answer.status_code, answer.headers["location"], answer.text) for answer in answers}) == 1
    mail = await asyncio.to_thread(wait_for_mail, server, address, 2)
    assert "is suspended" in mail["subject"]
    said = words_of(mail)
    assert ("/about/contact" in said, "/reset/" in said, "no password lets you in" in " ".join(said.split())) == (
        True,
        False,
        True,
    )


async def test_who_is_suspended_and_sets_a_password_reads_what_holds(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    visitor.send_form("/forgotten", email=address)
    path = link_in(server, await asyncio.to_thread(wait_for_mail, server, address, 2))
    village = open_village(server)
    async with village.state.transaction() as tx:
        await tx.execute(update(accounts).where(accounts.c.email == address).values(suspended_at=now()))
    told = Visitor(server).send_form(path, password=NEXT)
    assert (told.status_code, "session" in told.cookies, "confer" in told.cookies) == (200, False, False)
    for words in ("Your account is suspended", "Your password is changed.", "nobody can sign in", "/about/contact"):
        assert words in told.text
    async with village.state.transaction() as tx:
        own = select(sessions.c.id).join(accounts, accounts.c.id == sessions.c.account_id)
        assert (await tx.execute(own.where(accounts.c.email == address))).all() == []
        await tx.execute(update(accounts).where(accounts.c.email == address).values(suspended_at=None))
    await village.close()
    assert Visitor(server).sign_in(address, NEXT).status_code == 303


async def test_a_reset_revokes_every_token_and_closes_its_socket(server: ConferServer) -> None:
    visitor, address = newcomer(server)
    tokens = [token_of(server, address) for _ in range(2)]
    socket = await socket_of(server, tokens[0])
    visitor.send_form("/forgotten", email=address)
    subject = "Choose a new password"
    mail = await asyncio.to_thread(wait_for_mail, server, address, about=subject)
    assert "your API tokens no longer work" in " ".join(words_of(mail).split())
    assert visitor.send_form(link_in(server, mail), password=NEXT).status_code == 303
    assert await socket.closed(2.0) == 4401
    assert not any(token_opens(server, token) for token in tokens)
    told = " ".join(words_of(await asyncio.to_thread(wait_for_mail, server, address, about="was changed")).split())
    assert "two API tokens were revoked" in told
    assert "still work" not in told


def test_links_are_built_from_our_own_address(server: ConferServer) -> None:
    _, address = newcomer(server)
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        Visitor(server).post("/forgotten", data={"email": address}, headers=headers)
    mail = wait_for_mail(server, address, 2)
    assert "evil.example" not in words_of(mail)
    assert len(mails_to(server, address)) == 2
