"""A backup taken while people write is one moment of it, and comes back as a new incarnation."""

import secrets
import shutil
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from forum.files.store import place
from forum.filing import keep
from tests.forum.files.test_store import bring, content_of
from tests.forum.threads.village import open_village
from tests.servers.confer import CommandFailed, ConferServer
from tests.servers.shapes import SQLITE_MEMORY


class Writer:
    """Somebody who writes one post after another; `answered` are those that were acknowledged."""

    def __init__(self, server: ConferServer) -> None:
        self._person = server.person("Ines Carvalho")
        self._url = f"{server.url}/api/v1"
        self.answered: list[tuple[str, int]] = []
        self._ended = threading.Event()
        with self._client() as client:
            network = client.post("/networks", json={"name": "Night board", "access": "closed", "purpose": "Nights."})
            thread = client.post(f"/networks/{network.json()['slug']}/threads", json={"title": "Who?", "body": "Say."})
            self.thread = thread.json()["id"]

    def _client(self) -> httpx2.Client:
        return httpx2.Client(verify=False, base_url=self._url, headers=self._person.bearer, trust_env=False, timeout=30)

    def _write(self) -> None:
        with self._client() as client:
            while not self._ended.is_set():
                answer = client.post(f"/threads/{self.thread}/posts", json={"body": f"Number {len(self.answered)}."})
                if answer.status_code == 201:
                    self.answered.append((answer.json()["id"], answer.json()["number"]))

    @contextmanager
    def writing(self) -> Iterator[None]:
        thread = threading.Thread(target=self._write)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def stored(self) -> list[tuple[str, int]]:
        """Every post of the thread, as it stands."""
        found: list[tuple[str, int]] = []
        with self._client() as client:
            after: str | None = None
            while True:
                query = {"limit": "100", **({"after": after} if after else {})}
                page = client.get(f"/threads/{self.thread}/posts", params=query).json()
                found += [(post["id"], post["number"]) for post in page["items"]]
                after = page["next"]
                if after is None:
                    return found

    def epoch(self) -> str:
        """The incarnation that answers."""
        with self._client() as client:
            return str(next(iter(client.get("/me").json()["as_of"].values()))[0])


def test_a_backup_under_load_comes_back_as_one_moment(own_server: ConferServer, tmp_path: Path) -> None:
    writer, file = Writer(own_server), tmp_path / "confer.backup"
    with writer.writing():
        while len(writer.answered) < 20:
            threading.Event().wait(0.01)
        before = list(writer.answered)
        own_server.command("backup", str(file))
        after = list(writer.answered)
        while len(writer.answered) < len(after) + 20:
            threading.Event().wait(0.01)
    assert len(after) > len(before), "nobody wrote while it was taken"
    assert file.stat().st_mode & 0o077 == 0
    epoch = writer.epoch()
    own_server.stop()
    assert "new epoch" in own_server.command("restore", str(file))
    own_server.start()
    stored = writer.stored()
    assert [number for _, number in stored] == list(range(1, len(stored) + 1))
    assert set(before) <= set(stored) <= {stored[0], *after, writer.answered[len(after)]}
    assert writer.epoch() != epoch
    assert "holds together" in own_server.command("check")


@pytest.mark.parametrize("own_server", [SQLITE_MEMORY], indirect=True)
def test_nothing_is_restored_under_a_running_server(own_server: ConferServer, tmp_path: Path) -> None:
    """On PostgreSQL the database itself lets nobody be cut off: pg_restore waits for its locks."""
    Writer(own_server)
    own_server.command("backup", str(tmp_path / "confer.backup"))
    with pytest.raises(CommandFailed, match="already running"):
        own_server.command("restore", str(tmp_path / "confer.backup"))


@pytest.mark.parametrize("own_server", [SQLITE_MEMORY], indirect=True)
def test_what_is_no_backup_changes_nothing(own_server: ConferServer, tmp_path: Path) -> None:
    writer = Writer(own_server)
    whole, cut, foreign = tmp_path / "whole", tmp_path / "cut", tmp_path / "foreign"
    own_server.command("backup", str(whole))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with tarfile.open(foreign, "w") as archive:
        archive.add(__file__, "manifest.json")
    own_server.stop()
    for file in (cut, foreign, tmp_path / "absent"):
        with pytest.raises(CommandFailed, match=r"code 2\n.* is no backup of Confer"):
            own_server.command("restore", str(file))
    own_server.start()
    assert len(writer.stored()) == 1


@pytest.mark.parametrize("own_server", [SQLITE_MEMORY], indirect=True)
def test_a_folder_that_is_not_there_is_named(own_server: ConferServer, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="There is no folder"):
        own_server.command("backup", str(tmp_path / "nowhere" / "file"))


async def test_files_come_back_and_what_was_on_its_way_does_not(own_server: ConferServer, tmp_path: Path) -> None:
    village, file = open_village(own_server), tmp_path / "confer.backup"
    content = secrets.token_bytes(700_000)
    kept = await bring(village.state.files, content)
    async with village.state.transaction() as tx:
        await keep(tx, village.state.files, village.state.settings, kept)
    async with await village.state.files.begin() as incoming:
        await incoming.write(secrets.token_bytes(300_000))
        own_server.command("backup", str(file))
    with tarfile.open(file) as archive:
        assert [name for name in archive.getnames() if name.startswith("files/")] == [f"files/{place(kept.sha256)}"]
    own_server.stop()
    shutil.rmtree(own_server.data_dir / "files")
    own_server.command("restore", str(file))
    assert "holds together" in own_server.command("check", "--contents")
    assert await content_of(village.state.files, kept.sha256) == content
    await village.close()


async def test_a_damaged_file_is_left_out_and_named(own_server: ConferServer, tmp_path: Path) -> None:
    """Without it the rest is kept all the same, and comes back."""
    village, file = open_village(own_server), tmp_path / "confer.backup"
    good, bad = [await bring(village.state.files, secrets.token_bytes(4_000)) for _ in range(2)]
    (own_server.data_dir / "files" / place(bad.sha256)).write_bytes(bytes(4_000))
    await village.close()
    own_server.command("backup", str(file))
    with tarfile.open(file) as archive:
        assert [name for name in archive.getnames() if name.startswith("files/")] == [f"files/{place(good.sha256)}"]


async def test_a_file_that_was_changed_in_a_backup_is_told(own_server: ConferServer, tmp_path: Path) -> None:
    village, file = open_village(own_server), tmp_path / "confer.backup"
    content = secrets.token_bytes(4_000)
    await bring(village.state.files, content)
    await village.close()
    own_server.command("backup", str(file))
    whole = file.read_bytes()
    file.write_bytes(whole.replace(content, content[::-1]))
    own_server.stop()
    with pytest.raises(CommandFailed, match=r"code 2\nThe file [0-9a-f]{64} in this backup is not what it was"):
        own_server.command("restore", str(file))
    own_server.start()


@pytest.mark.parametrize("own_server", [SQLITE_MEMORY], indirect=True)
def test_what_is_there_is_never_written_over(own_server: ConferServer, tmp_path: Path) -> None:
    letter, link, folder = tmp_path / "letter.odt", tmp_path / "link", tmp_path / "folder"
    letter.write_text("Dear Ines")
    link.symlink_to(tmp_path / "nowhere")
    folder.mkdir()
    for file, said in ((letter, "is there already"), (link, "is there already"), (folder, "is a folder")):
        with pytest.raises(CommandFailed, match=rf"code 2\n{file} {said}"):
            own_server.command("backup", str(file))
    assert letter.read_text() == "Dear Ines"
    assert link.is_symlink()
    assert list(folder.iterdir()) == []
