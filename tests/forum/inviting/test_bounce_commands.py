"""Mails that come back: refused at hand-over, or reported later by a mail to `python -m forum receive`."""

import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.forum.accounts.visitor import Visitor, mails_to, new_address, wait_for_mail
from tests.forum.inviting.test_answering_pages import Host
from tests.forum.inviting.wishes import report
from tests.servers.confer import ConferServer, confer_in_shape
from tests.servers.forks import run
from tests.servers.processes import free_port
from tests.servers.shapes import SQLITE_MEMORY


def mark_of(mail: EmailMessage) -> str:
    return str(mail["message-id"]).strip("<>").rpartition("@")[0]


def test_a_report_marks_the_invitation_and_the_address(server: ConferServer) -> None:
    host, gone, other = Host(server), new_address("gone"), new_address("other")
    host.invite(gone)
    link = host.invite(other)
    mark = mark_of(wait_for_mail(server, gone))
    for forged in (report(mark, other), report(mark[:-1] + "x", gone), report(mark, gone, action="delayed")):
        assert server.command("receive", typed=forged.decode()) == ""
    assert (host.states(gone), host.states(other)) == (["sent"], ["sent"])
    assert server.command("receive", typed=report(mark, gone.upper()).decode()) == ""
    assert host.states(gone) == ["bounced"]
    assert host.invitation(gone)["bounce"] == "There is no such mailbox."
    assert host.call("POST", f"{host.path}/invitations/reminders") == {"reminded": 1}
    host.call("POST", f"{host.path}/invitations/{host.invitation(gone)['id']}/sending")
    wait_for_mail(server, gone, 2)
    assert host.states(gone) == ["sent"]
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


class Refusing:
    """A mail server that knows nobody whose address begins with "gone"."""

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd asks for
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 No such user <b>here</b>"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def refusing() -> Iterator[str]:
    controller = Controller(Refusing(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def test_what_is_refused_at_hand_over_came_back(refusing: str, tmp_path: Path) -> None:
    with confer_in_shape(SQLITE_MEMORY, tmp_path, None, SMTP_URL=refusing) as server:
        host, gone, known = Host(server), new_address("gone"), new_address("known")
        host.call("POST", f"{host.path}/invitations", {"emails": [gone, known]})
        expected = {gone: ["bounced"], known: ["sent"]}
        deadline = time.monotonic() + 15
        while {address: host.states(address) for address in expected} != expected:
            assert time.monotonic() < deadline, host.states(gone) + host.states(known)
            time.sleep(0.05)
        assert host.invitation(gone)["bounce"] == "The mail server refused this address (550)."
