"""Mails that come back: refused at hand-over, or reported later by a mail to `python -m forum receive`."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import update

from ground.columns import now
from realtime.tables import outbox
from tests.forum.accounts.visitor import Visitor, mails_to, new_address, wait_for_mail
from tests.forum.inviting.test_answering_pages import Host
from tests.forum.inviting.wishes import report, three_days_later
from tests.forum.threads.village import Village, open_village
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.forks import run
from tests.servers.processes import free_port
from tests.servers.shapes import SQLITE_MEMORY


def mark_of(mail: EmailMessage) -> str:
    return str(mail["message-id"]).strip("<>").rpartition("@")[0]


async def test_a_report_marks_the_invitation_and_the_address(server: ConferServer, village: Village) -> None:
    host, gone, other = Host(server), new_address("gone"), new_address("other")
    host.invite(gone)
    link = host.invite(other)
    mark = mark_of(wait_for_mail(server, gone))
    # Whoever it reached has it sent on, and it is that address which failed.
    sent_on = report(mark, "other.box@example.org").replace(b"To: other.box@", f"To: {gone}, x@".encode())
    for forged in (
        sent_on,
        report(mark, other),
        report(mark[:-1] + "x", gone),
        report(mark, gone, action="delayed"),
    ):
        assert server.command("receive", typed=forged.decode()) == ""
    assert (host.states(gone), host.states(other)) == (["sent"], ["sent"])
    assert server.command("receive", typed=report(mark, gone.upper()).decode()) == ""
    assert host.states(gone) == ["bounced"]
    assert host.invitation(gone)["bounce"] == "There is no such mailbox."
    await three_days_later(village, gone, other)
    assert host.call("POST", f"{host.path}/invitations/reminders") == {"reminded": 1}
    host.call("POST", f"{host.path}/invitations/{host.invitation(gone)['id']}/sending")
    wait_for_mail(server, gone, 2)
    assert host.states_once_sent(gone) == ["sent"]
    mark = mark_of(wait_for_mail(server, other))
    server.command("receive", typed=report(mark, other).decode())
    assert host.states(other) == ["bounced"]
    assert Visitor(server).get(link).status_code == 200  # it has arrived after all
    assert host.states(other) == ["opened"]
    assert len(mails_to(server, gone)) == 2


def test_receiving_says_nothing_whatever_comes(server: ConferServer, tmp_path: Path) -> None:
    for typed in ("", "\0" * 1000, "From: x\n\nHello", "x" * 3_000_000):
        assert run(["receive"], server.environment, typed) == (0, "", "")
    broken = server.environment | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path)}
    assert run(["receive"], broken, report("x", "y@example.org").decode()) == (75, "", "")
    assert run(["receive"], broken | {"PORT": "none"}, "x") == (75, "", "")


class Moody:
    """A mail server that does with each mail what the name of its address says, and keeps what it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.tries: list[str] = []

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd asks for
        self, _server: SMTP, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        self.tries.append(address)
        if address.startswith("gone"):
            return "550 5.1.1 No such user <b>here</b>"
        if address.startswith("never") or (address.startswith("busy") and self.tries.count(address) == 1):
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        if address.startswith("refused"):
            return "554 5.7.1 We don't want this <b>mail</b>"
        if address.startswith("lost") and self.tries.count(address) == 1:
            server.transport.abort()
            return "451 Nobody hears this"
        self.taken.append(address)
        if address.startswith("curt"):  # it has the mail, says so, and hangs up
            asyncio.get_running_loop().call_later(0.01, server.transport.abort)
        return "250 OK"


@pytest.fixture
def moody() -> Iterator[tuple[str, Moody]]:
    handler = Moody()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}", handler
    controller.stop()


def comes_to(host: Host, expected: dict[str, list[str]]) -> None:
    """Wait until the invitations stand like this."""
    deadline = time.monotonic() + 40
    while (stands := {address: host.states(address) for address in expected}) != expected:
        assert time.monotonic() < deadline, stands
        time.sleep(0.1)


async def test_each_mail_is_handed_over_once_or_came_back(moody: tuple[str, Moody], tmp_path: Path) -> None:
    url, mailbox = moody
    with confer_in_shape(SQLITE_MEMORY, tmp_path, None, SMTP_URL=url) as server:
        host = await asyncio.to_thread(Host, server)
        taken = [new_address(name) for name in ("known", "busy", "lost", "curt")]
        gone, refused, never = (new_address(name) for name in ("gone", "refused", "never"))
        everybody = {"emails": [gone, refused, never, *taken]}
        await asyncio.to_thread(host.call, "POST", f"{host.path}/invitations", everybody)
        expected = {gone: ["bounced"], refused: ["bounced"], never: ["waiting"]} | {one: ["sent"] for one in taken}
        await asyncio.to_thread(comes_to, host, expected)
        assert sorted(mailbox.taken) == sorted(taken)  # none of them twice
        assert host.invitation(gone)["bounce"] == "The mail server refused this address (550)."
        assert host.invitation(refused)["bounce"] == "The mail server refused the mail (554)."
        village = open_village(server)
        async with village.state.database.write() as connection:
            long_ago = now() - timedelta(days=5)
            await connection.execute(update(outbox).values(created_at=long_ago, available_at=long_ago))
        await village.close()
        await asyncio.to_thread(comes_to, host, {never: ["bounced"]})
        assert "though we tried for four days" in host.invitation(never)["bounce"]
        assert sorted(mailbox.taken) == sorted(taken)
