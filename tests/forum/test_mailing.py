"""Mails as they go out: two halves, headers that hold, files and SMTP."""

import asyncio
import email
import email.policy
import stat
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment

from forum.app import resource
from forum.mailing import Letter, Undeliverable
from forum.rendering import make_templates
from forum.sending import compose, deliver
from forum.settings import Settings
from tests.servers.processes import free_port

LINK = "https://confer.example.org/verify/secret"


def settings(tmp_path: Path, **more: Any) -> Settings:
    return Settings(data_dir=tmp_path, base_url="https://confer.example.org", **more)


def templates(kept: Settings) -> Environment:
    return make_templates(resource("templates"), kept, lambda path: path)


def letter(**more: Any) -> Letter:
    fields: dict[str, Any] = {
        "address": "ama@example.org",
        "name": "Ama Boateng",
        "subject": "Confirm your address",
        "template": "verify_email",
        "context": {"link": LINK, "from_archive": False},
    }
    return Letter(**(fields | more))


def written(kept: Settings, sent: Letter) -> EmailMessage:
    message = compose(sent, kept, templates(kept), "0190")
    return email.message_from_bytes(message.as_bytes(), policy=email.policy.default)  # type: ignore[return-value]


def half(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_mail_has_two_halves_and_honest_headers(tmp_path: Path) -> None:
    message = written(settings(tmp_path), letter())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["from"] == "Confer <confer@confer.example.org>"
    assert message["to"] == "Ama Boateng <ama@example.org>"
    assert message["message-id"] == "<0190@confer.example.org>"
    assert message["auto-submitted"] == "auto-generated"
    assert LINK in half(message, "plain").splitlines()
    assert f'href="{LINK}"' in half(message, "html")


@pytest.mark.parametrize("address", ["http://192.0.2.7:8000", "http://intranet"])
def test_mail_becomes_a_file_where_the_site_has_no_name_that_mail_can_come_from(tmp_path: Path, address: str) -> None:
    kept = Settings(data_dir=tmp_path, base_url=address, allow_http=True)
    assert written(kept, letter())["from"] == "Confer <confer@localhost>"


def test_html_half_is_readable_on_a_phone_and_loads_nothing(tmp_path: Path) -> None:
    html = half(written(settings(tmp_path), letter()), "html")
    assert 'name="viewport"' in html
    assert 'class="button" href' in html
    assert "background: #0b5d66" in html
    assert "prefers-color-scheme: dark" in html
    for loading in ("<img", "<link", "src=", "url(", "@import"):
        assert loading not in html


def test_words_of_people_are_text_in_both_halves(tmp_path: Path) -> None:
    message = written(
        settings(tmp_path),
        letter(
            name="O'Neil <b>&</b> José 🎈", template="already_registered", context={"sign_in": LINK, "forgotten": LINK}
        ),
    )
    assert "O'Neil <b>&</b> José 🎈" in half(message, "plain")
    assert "O&#39;Neil &lt;b&gt;" in half(message, "html") or "O'Neil &lt;b&gt;" in half(message, "html")


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "Hello\r\nBcc: victim@example.org"},
        {"subject": "Hello\nX: y"},
        {"name": "Ama\r\nBcc: victim@example.org"},
        {"address": "ama@example.org\r\nBcc: victim@example.org"},
        {"address": "ama@example.org, victim@example.org"},
        {"subject": "nul\x00"},
    ],
)
def test_header_injection_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    kept = settings(tmp_path)
    with pytest.raises(Undeliverable) as refused:
        compose(letter(**wrong), kept, templates(kept), "0190")
    assert "victim" not in str(refused.value)


def test_sender_is_a_setting(tmp_path: Path) -> None:
    assert written(settings(tmp_path, mail_from="post@nhs.uk"), letter())["from"] == "Confer <post@nhs.uk>"
    named = written(settings(tmp_path, mail_from="The Board <post@nhs.uk>"), letter())
    assert named["from"] == "The Board <post@nhs.uk>"


async def test_without_smtp_each_mail_is_a_file_for_its_owner_only(tmp_path: Path) -> None:
    kept = settings(tmp_path)
    paths = [await deliver(compose(letter(), kept, templates(kept), str(number)), kept) for number in range(3)]
    assert sorted(path for path in paths if path) == sorted((tmp_path / "mail").iterdir())
    for path in paths:
        assert path is not None
        assert path.suffix == ".eml"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"\r\n" in path.read_bytes()
        assert LINK.encode() in path.read_bytes()


class Mailbox:
    """What a real SMTP server got; refuses addresses that begin with `gone` for good and `later` for now."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"


@pytest_asyncio.fixture
async def mail_server() -> AsyncIterator[tuple[str, Mailbox]]:
    mailbox, port = Mailbox(), free_port()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=asyncio.get_running_loop()), "127.0.0.1", port
    )
    yield f"smtp://127.0.0.1:{port}", mailbox
    server.close()
    await server.wait_closed()


async def test_mail_goes_out_by_smtp(tmp_path: Path, mail_server: tuple[str, Mailbox]) -> None:
    url, mailbox = mail_server
    kept = settings(tmp_path, smtp_url=url)
    assert await deliver(compose(letter(name="José 🎈"), kept, templates(kept), "0190"), kept) is None
    (envelope,) = mailbox.taken
    assert envelope.mail_from == "confer@confer.example.org"
    assert envelope.rcpt_tos == ["ama@example.org"]
    content = envelope.content
    assert isinstance(content, bytes)
    assert max(map(len, content.splitlines())) <= 998
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert LINK in half(message, "plain")  # type: ignore[arg-type]
    assert not (tmp_path / "mail").exists()


async def test_refusal_for_good_and_for_now_are_told_apart(tmp_path: Path, mail_server: tuple[str, Mailbox]) -> None:
    kept = settings(tmp_path, smtp_url=mail_server[0])
    with pytest.raises(Undeliverable):
        await deliver(compose(letter(address="gone@example.org"), kept, templates(kept), "1"), kept)
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await deliver(compose(letter(address="later@example.org"), kept, templates(kept), "2"), kept)
    nobody = settings(tmp_path, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    with pytest.raises(aiosmtplib.SMTPConnectError):
        await deliver(compose(letter(), nobody, templates(nobody), "3"), nobody)


def test_every_template_has_both_halves() -> None:
    names = [path.name for path in (resource("templates") / "email").iterdir()]
    alone = {name.rpartition(".")[0] for name in names if names.count(name) != 1}
    assert alone == set()
    html = {name.removesuffix(".html") for name in names if name.endswith(".html")} - {"parts"}
    assert html == {name.removesuffix(".txt") for name in names if name.endswith(".txt")}
