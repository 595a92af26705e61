"""Whoever wrote in an archive takes over what they wrote: after an invitation, and beside an account that they have."""

import asyncio
import secrets
from pathlib import Path

from tests.forum.accounts.visitor import PASSWORD, Visitor, link_in, mails_to, newcomer, wait_for_mail, words_of
from tests.forum.imports.bringing import bring, posts_of
from tests.forum.imports.letters import Letter
from tests.forum.inviting.test_answering_pages import Host
from tests.forum.threads.village import Place, Village
from tests.servers.confer import ConferServer

OTHER = "nine lanterns along the quay"


async def archive(village: Village, folder: Path) -> tuple[Place, str]:
    """A network with an archive of two letters by one author, who never came, and their address."""
    place = await village.network(await village.person(), access="open")
    address = f"bea.{secrets.token_hex(4)}@pens.example"
    await bring(village, place, folder, [Letter(str(hour), author=f"Bea Q. <{address}>", hour=hour) for hour in (0, 1)])
    return place, address


async def authors(village: Village, place: Place) -> list[str]:
    return [post.author for post in await posts_of(village, place)]


async def test_an_invitation_to_the_address_brings_what_was_written_from_it(
    village: Village, server: ConferServer, tmp_path: Path
) -> None:
    place, address = await archive(village, tmp_path)
    host = Host(server)
    link = await asyncio.to_thread(host.invite, address)
    bea = Visitor(server)
    page = bea.get(link).text
    assert "Sign in to join" not in page
    person = {"name": "Beatrix Quill", "email": address, "invitation": link.rpartition("/")[2]}
    joined = bea.send_form("/register", **person, password=PASSWORD)
    assert joined.headers["location"] == f"/register/archive?next={host.path}"
    told = bea.get(joined.headers["location"]).text
    assert f'href="/networks/{place.slug}"' in told
    assert f'href="{host.path}"' in told
    assert bea.is_signed_in
    assert len(bea.get("/api/v1/me").json()["memberships"]) == 1
    assert await authors(village, place) == ["Beatrix Quill"] * 2
    assert Visitor(server).sign_in(address).status_code == 303
    assert host.states(address) == ["accepted"]


async def test_an_invitation_waits_for_whoever_takes_the_account_over_by_registering(
    village: Village, server: ConferServer, tmp_path: Path
) -> None:
    """Nobody but who reads the mail: the password of a stranger who registered before does not count."""
    place, address = await archive(village, tmp_path)
    host = Host(server)
    await asyncio.to_thread(host.invite, address)
    stranger, bea = Visitor(server), Visitor(server)
    for browser, name, password in ((stranger, "Eve", OTHER), (bea, "Beatrix Quill", PASSWORD)):
        browser.send_form("/register", name=name, email=address, password=password)
    claim = link_in(server, await asyncio.to_thread(wait_for_mail, server, address, about="Finish registering"))
    assert await authors(village, place) == ["Bea Q."] * 2
    assert bea.send_form(claim, name="Beatrix Quill", password=PASSWORD).headers["location"] == "/register/archive"
    assert await authors(village, place) == ["Beatrix Quill"] * 2
    assert host.name in bea.get("/").text
    assert stranger.sign_in(address, OTHER).status_code == 422
    assert not stranger.is_signed_in


async def test_a_member_who_asks_for_the_address_of_an_author_reads_how_to_take_that_over(
    village: Village, server: ConferServer, tmp_path: Path
) -> None:
    place, address = await archive(village, tmp_path)
    member, own = newcomer(server, "Bea Quill")
    answer = member.send_form("/settings/email", email=address, current_password=PASSWORD)
    assert answer.headers["location"] == "/settings/email"
    page = member.get("/settings/email").text
    assert f"Open the message that we sent to {address}" in page
    mail = await asyncio.to_thread(wait_for_mail, server, address)
    said = " ".join(words_of(mail).split())
    assert "Nothing was moved" in str(mail["subject"])
    assert "An archive that was brought in there holds what was written from this address" in said
    assert not any(untrue in said for untrue in ("your account already", "Bea Q.", "Bea Quill", own, "close this one"))
    assert member.get("/api/v1/me").json()["email"] == own
    author = Visitor(server)
    taken = author.send_form(link_in(server, mail), name="Beatrix Quill", password=OTHER)
    assert taken.headers["location"] == "/register/archive"
    assert await authors(village, place) == ["Beatrix Quill"] * 2
    assert Visitor(server).sign_in(own).status_code == 303
    assert len(mails_to(server, own)) == 1  # nothing was changed there


async def test_an_address_that_somebody_registered_and_never_confirmed_is_not_said_to_be_an_account(
    server: ConferServer,
) -> None:
    address = f"gus.{secrets.token_hex(4)}@pens.example"
    Visitor(server).send_form("/register", name="Eve", email=address, password=OTHER)
    await asyncio.to_thread(wait_for_mail, server, address)
    member, _ = newcomer(server)
    member.send_form("/settings/email", email=address, current_password=PASSWORD)
    said = " ".join(words_of(await asyncio.to_thread(wait_for_mail, server, address, 2)).split())
    assert "has begun to register with this address and never confirmed it" in said
    assert "your account already" not in said
    assert "archive" not in said
