"""The command line as other programs meet it: codes, sentences, and beside a running server."""

import io
import os
import re
import signal
import socket
import sqlite3
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from forum.command_line import main
from forum.settings import Settings
from tests.servers.confer import PASSWORD, ROOT, CommandFailed, ConferServer
from tests.servers.forks import ForkedChild
from tests.servers.processes import Child
from tests.servers.shapes import SQLITE_MEMORY


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Commands:
    """Runs commands in this process, as `python -m forum` would with nothing in its data folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.data_dir = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *words: str, typed: str = "", **settings: str) -> Done:
        with self._monkeypatch.context() as patch:
            for name in ("BASE_URL", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
                patch.delenv(name, raising=False)
            for name, value in {"PORT": "0", "DATA_DIR": str(self.data_dir), **settings}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(typed))
            self._capsys.readouterr()
            before = signal.getsignal(signal.SIGTERM)
            try:
                code = main(words)
            except SystemExit as end:
                code = int(str(end.code))
            finally:
                signal.signal(signal.SIGTERM, before)
        return Done(code, *self._capsys.readouterr())


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path / "data", monkeypatch, capsys)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("BASE_URL", "confer.example.org"),
        ("BASE_URL", "http://confer.example.org"),
        ("DATABASE_URL", "mysql://x"),
        ("RATE_LIMITS", "perhaps"),
        ("TIME_ZONE", "Atlantis/North"),
        ("TRUSTED_PROXIES", "everybody"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("SECRET_KEY", "short"),
        ("SMTP_URL", "mail.example.org"),
        ("MAIL_FROM", "foo"),
        ("MAIL_FROM", "Confer <confer@>"),
        ("MAIL_FROM", "a@example.org, b@example.org"),
        ("FILES_URL", "ftp://files.example.org"),
        ("SITE_NAME", ""),
        ("SITE_NAME", "  "),
        ("SITE_NAME", "One\nTwo"),
        ("HOST", "0.0.0.0"),
        ("HOST", "::"),
        ("HOST", "192.0.2.7"),
        ("HOST", "999.1.1.1"),
        ("HOST", "a b"),
        ("BASE_URL", "https://[::1"),
        ("BASE_URL", "https://confer.example.org:port"),
    ],
)
def test_wrong_setting_stops_with_a_sentence(commands: Commands, name: str, value: str) -> None:
    for command in ("serve", "migrate"):
        done = commands.run(command, **{name: value})
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(name)
        assert "Traceback" not in done.err


@pytest.mark.parametrize("path", ["/proc/confer", "/proc/version", "/proc/version/confer"])
def test_a_folder_that_can_not_be_made_stops_the_start(commands: Commands, path: str) -> None:
    """With the name of the variable, and what to write."""
    postgres = {"DATABASE_URL": "postgresql://confer@127.0.0.1:9/confer", "SECRET_KEY": "k" * 40}
    for database in ({}, postgres):
        for command in ("serve", "work"):
            done = commands.run(command, DATA_DIR=path, **database)
            assert (done.code, done.out) == (2, "")
            assert done.err.startswith(f"DATA_DIR is {path}, where Confer can't keep anything (")
            assert "Name a folder that it can write in: DATA_DIR=/var/lib/confer" in done.err
    for command in ("serve", "work"):
        done = commands.run(command, FILES_URL=f"file://{path}")
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"FILES_URL is file://{path}, where Confer can't keep anything (")
        assert "Name a folder that it can write in: FILES_URL=file:///srv/confer-files" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_can_not_be_written_stops_the_start(commands: Commands, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(0o500)
    for name, value in (("DATA_DIR", str(folder)), ("FILES_URL", folder.as_uri())):
        done = commands.run("serve", **{name: value})
        assert (done.code, done.err.startswith(f"{name} is {value}, where")) == (2, True)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("no-such-host.invalid", "a name of which this machine knows no address"),
        ("192.0.2.1", "which is no address of this machine"),
        ("2001:db8::1", "which is no address of this machine"),
    ],
)
def test_an_address_that_is_not_of_this_machine_is_not_blamed_on_the_port(
    commands: Commands, host: str, words: str
) -> None:
    done = commands.run("serve", HOST=host, BASE_URL="https://confer.example.org", MAIL_FROM="confer@example.org")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"HOST is {host}, {words}")
    assert "Write HOST=127.0.0.1" in done.err
    assert "PORT" not in done.err


def test_a_port_that_is_taken_is_blamed_on_the_port(commands: Commands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = commands.run("serve", PORT=str(port))
    assert done.code == 2
    assert done.err.startswith(f"Port {port} on 127.0.0.1 is taken or not allowed")


def test_a_slip_in_the_path_of_the_database_begins_no_empty_site(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("srv/confer/confer.sqlite3", str(tmp_path / "missing" / "confer.sqlite3")):
        for command in ("serve", "migrate"):
            done = commands.run(command, DATABASE_URL=f"sqlite:///{path}")
            assert (done.code, done.out) == (2, "")
            assert done.err.startswith(f"DATABASE_URL leads to {path}, in a folder that is not there")
            assert "sqlite:////var/lib/confer/confer.sqlite3" in done.err
    assert not [each for each in tmp_path.iterdir() if each.name in ("srv", "missing")]
    # What lies in the data folder is made with it, and a folder that is there may have a new database.
    assert commands.run("migrate", DATABASE_URL=f"sqlite:///{commands.data_dir}/in/it.sqlite3").code == 0
    (tmp_path / "srv").mkdir()
    assert commands.run("migrate", DATABASE_URL="sqlite:///srv/confer.sqlite3").code == 0


def test_mail_that_no_server_would_take_stops_the_start(commands: Commands) -> None:
    reached = {"BASE_URL": "https://192.0.2.7", "SMTP_URL": "smtp://127.0.0.1:9"}
    done = commands.run("migrate", **reached)
    assert (done.code, done.err.startswith("MAIL_FROM is needed")) == (2, True)
    for written in ("confer@example.org", "The Falls Network <confer@example.org>"):
        assert commands.run("migrate", **reached, MAIL_FROM=written).code == 0


@pytest.mark.parametrize("host", ["localhost", "::1", "127.0.0.2"])
def test_hosts_of_this_machine_need_no_other_setting(commands: Commands, host: str) -> None:
    assert commands.run("migrate", HOST=host).code == 0


def test_nobody_else_on_the_machine_can_read_what_is_stored(commands: Commands) -> None:
    assert commands.run("migrate").code == 0

    def modes() -> dict[str, int]:
        paths = [commands.data_dir, *commands.data_dir.iterdir()]
        return {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}

    private = modes()
    assert private["data"] == 0o700
    assert {mode for name, mode in private.items() if name != "data"} == {0o600}
    # As older versions left it, with a server that uses the database.
    with sqlite3.connect(commands.data_dir / "confer.sqlite3") as database:
        database.execute("SELECT count(*) FROM streams")
        for path in commands.data_dir.iterdir():
            path.chmod(0o644)
        commands.data_dir.chmod(0o755)
        assert commands.run("check").code == 0
        assert set(modes().values()) == {0o700, 0o600}
    database.close()


def test_what_is_not_confers_own_is_refused_and_left_as_it_is(commands: Commands, tmp_path: Path) -> None:
    folder, file = tmp_path / "etc", tmp_path / "etc" / "passwd"
    folder.mkdir()
    file.write_text("root:x:0:0::/root:/bin/sh\n")
    folder.chmod(0o755)
    file.chmod(0o644)
    for wrong, name in (({"DATABASE_URL": f"sqlite:///{file}"}, file), ({"DATA_DIR": str(folder)}, folder)):
        for words in (["serve"], ["migrate"]):
            done = commands.run(*words, **wrong)
            assert done.code == 2
            assert f" {name}, which " in done.err
            assert "Name " in done.err
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(file.stat().st_mode)) == (0o755, 0o644)
    assert [path.name for path in folder.iterdir()] == ["passwd"]


def test_a_data_folder_within_another_is_no_foreign_thing(commands: Commands) -> None:
    """`make demo`, and then `make run`: one lies in `var/demo`, the other in `var`."""
    within = commands.data_dir / "demo"
    within.mkdir(parents=True)
    (within / "server.lock").touch()
    assert commands.run("migrate").code == 0


def test_a_running_server_keeps_what_it_writes_to_itself(own_server: ConferServer) -> None:
    own_server.person("Ines Carvalho")
    paths = list(own_server.data_dir.iterdir())
    assert (own_server.shape != SQLITE_MEMORY) or any(path.name.endswith("-wal") for path in paths)
    assert {path.name for path in paths if path.stat().st_mode & 0o077} == set()
    assert stat.S_IMODE(own_server.data_dir.stat().st_mode) == 0o700


def test_database_that_is_away_is_a_sentence(commands: Commands) -> None:
    away = {"DATABASE_URL": "postgresql://confer@127.0.0.1:9/confer", "SECRET_KEY": "k" * 40}
    for words in (["serve"], ["work"], ["migrate"], ["check"]):
        done = commands.run(*words, **away)
        assert done.code == 2, words
        assert "DATABASE_URL" in done.err
        assert "Traceback" not in done.err


def test_unknown_command_is_a_sentence(commands: Commands) -> None:
    for words in (["dance"], [], ["account"], ["epoch"]):
        done = commands.run(*words)
        assert done.code == 2
        assert "usage: python -m forum" in done.err


def test_help_names_every_setting(commands: Commands) -> None:
    done = commands.run("--help")
    assert done.code == 0
    for name, field in Settings.model_fields.items():
        assert re.search(rf"^  {name.upper()} +{re.escape(str(field.description))}$", done.out, re.MULTILINE)


def test_ctrl_c_while_modules_load_is_quiet(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "forum", "migrate"]
    loading = Child(words, tmp_path / "said.txt", environment={"DATA_DIR": str(tmp_path / "data")}, directory=ROOT)
    maps = Path(f"/proc/{loading.pid}/maps")
    while "pydantic_core" not in maps.read_text():
        time.sleep(0.005)
    loading.send(signal.SIGINT)
    assert (loading.wait(15), loading.said()) == (0, "")


def test_account_is_made_beside_a_running_server(server: ConferServer) -> None:
    words = ["account", "create", "cli@example.org", "--name", "Ama Boateng", "--password-stdin", "--token"]
    token = server.command(*words, typed=f"{PASSWORD}\n").splitlines()[-1]
    assert re.fullmatch(r"confer_[A-Za-z0-9_-]{43}", token)
    me = httpx2.get(f"{server.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"}, trust_env=False).json()
    assert (me["name"], me["email"], me["site_administrator"]) == ("Ama Boateng", "cli@example.org", False)
    with pytest.raises(CommandFailed, match="code 1\nThis address has an account already"):
        server.command(*words, typed=f"{PASSWORD}\n")


def test_refused_account_is_a_sentence_and_makes_nothing(commands: Commands) -> None:
    create = ["account", "create"]
    for words, typed in (
        ([*create, "nothing", "--name", "Ama", "--password-stdin"], PASSWORD),
        ([*create, "ama@example.org", "--name", "", "--password-stdin"], PASSWORD),
        ([*create, "ama@example.org", "--name", "Ama", "--password-stdin"], "short"),
        ([*create, "ama@example.org", "--name", "Ama", "--password-stdin"], ""),
        ([*create, "ama@example.org", "--name", "Ama"], PASSWORD),
    ):
        done = commands.run(*words, typed=typed)
        assert (done.code, done.out) == (1, ""), words
        assert "Traceback" not in done.err
    assert commands.run(*create, "ama@example.org", "--name", "A", "--password-stdin", typed=PASSWORD).code == 0


def test_check_finds_a_hole_in_a_stream(commands: Commands) -> None:
    commands.run("account", "create", "a@example.org", "--name", "A", "--password-stdin", typed=PASSWORD)
    with sqlite3.connect(commands.data_dir / "confer.sqlite3") as database:
        database.execute("UPDATE streams SET head = 7")
        columns = "(stream, seq, kind, object_id, object_version, authz_version, created_at)"
        row = "'session.ended', 'x', 1, 0, '2026-01-01T00:00:00.000000Z' FROM streams"
        for seq in (5, 7):
            database.execute(f"INSERT INTO events {columns} SELECT name, {seq}, {row}")
    database.close()
    done = commands.run("check")
    assert (done.code, "has a hole" in done.err) == (1, True)


def test_check_asks_for_the_migration(commands: Commands) -> None:
    done = commands.run("check")
    assert (done.code, "python -m forum migrate" in done.err) == (1, True)


def test_all_is_well_and_the_epoch_is_renewed(own_server: ConferServer) -> None:
    person = own_server.person("Ines Carvalho")
    url = f"{own_server.url}/api/v1/me"

    def epoch() -> str:
        me = httpx2.get(url, headers=person.bearer, trust_env=False).json()
        return str(me["as_of"][f"account:{me['id']}"][0])

    assert "holds together" in own_server.command("check")
    before = epoch()
    own_server.command("epoch", "--renew")
    assert epoch() != before


def test_worker_is_a_process_of_its_own_on_postgresql_only(own_server: ConferServer, tmp_path: Path) -> None:
    if own_server.shape == SQLITE_MEMORY:
        with pytest.raises(CommandFailed, match="code 2\nAnother Confer is already running"):
            own_server.command("work")
        return
    own_server.person("Ines Carvalho")
    own_server.stop()
    environment = own_server.environment | {"DATA_DIR": str(tmp_path / "other")}
    worker = Child([sys.executable, "-m", "forum", "work"], tmp_path / "w.txt", environment=environment, directory=ROOT)
    serving = ForkedChild(["serve"], own_server.log, own_server.environment)
    wait_until(lambda: own_server.status("/readyz") == 200)
    httpx2.post(
        f"{own_server.url}/forgotten",
        data={"email": "ines.carvalho@example.org"},
        headers={"Origin": own_server.url},
        trust_env=False,
    )
    wait_until(lambda: bool(list((tmp_path / "other" / "mail").glob("*.eml"))))
    assert own_server.mails() == []
    assert worker.running
    worker.send(signal.SIGTERM)
    assert worker.wait(15) == 0
    assert "Traceback" not in worker.said()
    assert serving.stop() == 0


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)
