"""A person with a browser that keeps cookies, and their mailbox: the files in the server's data folder."""

import email
import email.policy
import re
import secrets
import time
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import ClassVar

import httpx2

from tests.realtime.reader import Reader
from tests.servers.confer import ConferServer

PASSWORD = "seven kettles under the old bridge"
_LINK = re.compile(r"^(https?://\S+)$", re.MULTILINE)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Visitor(httpx2.Client):
    """One browser. Redirects are not followed, so that tests see them."""

    opened: ClassVar[list["Visitor"]] = []

    def __init__(self, server: ConferServer) -> None:
        super().__init__(base_url=server.url, verify=False, trust_env=False, timeout=30, headers={"Origin": server.url})
        self.opened.append(self)

    @classmethod
    def close_all(cls) -> None:
        """Close every browser of this test."""
        while cls.opened:
            cls.opened.pop().close()

    def send_form(self, path: str, **fields: str) -> httpx2.Response:
        """A form as a browser sends it."""
        return self.post(path, data=fields)

    def sign_in(self, address: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
        """The form at /sign-in."""
        return self.send_form("/sign-in", email=address, password=password, **more)

    @property
    def is_signed_in(self) -> bool:
        """Whether the settings open."""
        return self.get("/settings/profile").status_code == 200


def new_address(name: str = "somebody") -> str:
    """An address that nobody has used before."""
    return f"{name}.{secrets.token_hex(6)}@example.org"


def mails_to(server: ConferServer, address: str) -> list[EmailMessage]:
    """Every mail to this address so far, oldest first."""
    read = [_read(path) for path in server.mails()]
    return [mail for to, mail in read if address in to]


@cache
def _read(path: Path) -> tuple[str, EmailMessage]:
    """Whom it is to, and the mail; read once, because a shared server soon has thousands and tests ask often."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return str(mail["to"]), mail


def wait_for_mail(server: ConferServer, address: str, number: int = 1, *, about: str = "") -> EmailMessage:
    """The mail of this number to the address, of those whose subject has these words, once it is there."""
    deadline = time.monotonic() + 15
    while len(found := [mail for mail in mails_to(server, address) if about in str(mail["subject"])]) < number:
        assert time.monotonic() < deadline, f"no mail {number} to {address}"
        time.sleep(0.05)
    return found[number - 1]


def words_of(mail: EmailMessage) -> str:
    """The plain half."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(server: ConferServer, mail: EmailMessage) -> str:
    """The path of the link that stands alone on its line."""
    found = _LINK.search(words_of(mail))
    assert found is not None, words_of(mail)
    assert found[1].startswith(server.url + "/")
    return found[1].removeprefix(server.url)


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    return dict(_HIDDEN.findall(page))


def token_of(server: ConferServer, address: str, label: str = "a program") -> str:
    """A token of this account, as a program gets one."""
    asked = {"email": address, "password": PASSWORD, "label": label}
    with Visitor(server) as visitor:
        return str(visitor.post("/api/v1/tokens", json=asked).json()["token"])


def token_opens(server: ConferServer, token: str) -> bool:
    """Whether the token still opens its account."""
    with Visitor(server) as visitor:
        return visitor.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def register(server: ConferServer, address: str, name: str = "Nadia Osman") -> httpx2.Response:
    """Register as a browser of its own would."""
    return Visitor(server).send_form("/register", name=name, email=address, password=PASSWORD)


async def socket_of(server: ConferServer, token: str) -> Reader:
    """A live socket that was opened with this token, welcomed."""
    reader = await Reader.open(f"{server.url.replace('http', 'ws')}/live", token=token, origin=server.url)
    await reader.frame("welcome")
    return reader


def newcomer(server: ConferServer, name: str = "Nadia Osman") -> tuple[Visitor, str]:
    """Somebody who has just registered and proved the address, signed in; and that address."""
    address = new_address()
    visitor = Visitor(server)
    assert visitor.send_form("/register", name=name, email=address, password=PASSWORD).status_code == 303
    path = link_in(server, wait_for_mail(server, address))
    assert visitor.post(path).status_code == 303
    return visitor, address
