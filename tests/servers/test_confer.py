"""Confer as a process: started, asked, killed and started again, in both shapes."""

from pathlib import Path

import httpx2
import pytest

from tests.servers.browser import Visitors
from tests.servers.confer import CommandFailed, ConferServer
from tests.servers.shapes import SQLITE_MEMORY


def test_person_has_an_account_and_a_token(server: ConferServer) -> None:
    person = server.person("Ines Carvalho")
    assert person is server.person("Ines Carvalho")
    answer = httpx2.get(f"{server.url}/api/v1/me", headers=person.bearer, trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["name"] == "Ines Carvalho"


def test_p1_what_was_answered_survives_a_kill(own_server: ConferServer) -> None:
    assert own_server.status("/readyz") == 200
    person = own_server.person("Tomasz Zielinski")
    assert own_server.kill() == -9
    assert own_server.status("/healthz") is None
    own_server.start(cold=True)
    answer = httpx2.get(f"{own_server.url}/api/v1/me", headers=person.bearer, trust_env=False)
    assert answer.json()["name"] == "Tomasz Zielinski"


def test_it_ends_by_itself_when_asked(own_server: ConferServer) -> None:
    assert own_server.stop() == 0
    assert "Traceback" not in own_server.said()


def test_second_process_on_the_same_data(own_server: ConferServer, tmp_path: Path) -> None:
    """On PostgreSQL they share the work; on SQLite the second is refused with a sentence."""
    person = own_server.person("Leila Haddad")
    other = own_server.beside(tmp_path / "other")
    if own_server.shape == SQLITE_MEMORY:
        other.environment["DATA_DIR"] = own_server.environment["DATA_DIR"]
        with pytest.raises(RuntimeError, match="does not start"):
            other.start()
        assert other.exit_code not in (0, None)
        assert "Traceback" not in other.said()
        return
    other.start()
    try:
        answer = httpx2.get(f"{other.url}/api/v1/me", headers=person.bearer, trust_env=False)
        assert answer.status_code == 200
    finally:
        other.stop()


def test_wrong_command_says_so(server: ConferServer) -> None:
    with pytest.raises(CommandFailed):
        server.command("account", "create", "not an address", "--name", "X", "--password-stdin", typed="x\n")


async def test_person_signs_in_through_the_form(server: ConferServer, visitors: Visitors) -> None:
    person = server.person("Maud Bergstrom")
    page = await visitors.sign_in(person, server.url)
    assert (await page.request.get(f"{server.url}/settings/profile")).status == 200
