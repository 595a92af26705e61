"""The store that an address names, and a whole server that keeps its files elsewhere."""

import hashlib
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from forum.files.local import LocalStore
from forum.files.opening import open_store
from forum.settings import Settings
from tests.forum.files.test_local import files_in
from tests.forum.files.test_store import content_of
from tests.forum.threads.village import open_village
from tests.forum.uploads.sender import Sender
from tests.servers.confer import ConferServer
from tests.servers.s3 import S3Server
from tests.servers.shapes import SQLITE_MEMORY


async def test_a_folder_in_data_dir_unless_told_otherwise(tmp_path: Path) -> None:
    for settings in (Settings(data_dir=tmp_path), Settings(files_url=(tmp_path / "files").as_uri())):
        store = open_store(settings.files, 1_000, settings.spool)
        assert isinstance(store, LocalStore)
        async with await store.begin() as incoming:
            await incoming.write(b"1")
            assert len(files_in(tmp_path / "files" / "incoming")) == 1
        await store.close()


@pytest.mark.parametrize("url", ["https://example.org/files", "file://files", "s3:///folder", "files"])
def test_what_is_no_address_stops_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"FILES_URL|file:///|bucket"):
        Settings(files_url=url)


def test_a_server_does_without_the_client_of_object_storage() -> None:
    loaded = "import sys, forum.command_line, forum.routes; sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


async def test_a_server_on_object_storage_and_back_to_a_folder(s3_server: S3Server, tmp_path: Path) -> None:
    server = ConferServer(tmp_path / "confer", shape=SQLITE_MEMORY, FILES_URL=s3_server.new_bucket())
    backup, content = tmp_path / "confer.backup", secrets.token_bytes(6_000_000)
    server.start()
    try:
        village = open_village(server)
        sender = await Sender.new_member(village)
        path = await sender.new(len(content))
        for start in range(0, len(content), 2_500_000):
            assert (await sender.send(path, start, content[start : start + 2_500_000])).status_code == 204
        assert (await sender.show(path))["complete"]
        assert (await sender.client.get("/readyz")).json() == {"degraded": []}
        assert "holds together" in server.command("check", "--contents")
        assert files_in(server.data_dir / "files") == []
        server.command("backup", str(backup))
    finally:
        server.stop()
    del server.environment["FILES_URL"]
    server.command("restore", str(backup))
    assert "holds together" in server.command("check", "--contents")
    assert await content_of(village.state.files, hashlib.sha256(content).hexdigest()) == content
    await village.close()


async def test_without_its_store_the_rest_goes_on(tmp_path: Path) -> None:
    url = "s3://k:s@bucket/x?endpoint=http://127.0.0.1:9&region=eu-west-2"
    server = ConferServer(tmp_path / "confer", shape=SQLITE_MEMORY, FILES_URL=url)
    server.start()
    try:
        village = open_village(server)
        sender = await Sender.new_member(village)
        assert (await sender.client.get("/readyz")).json() == {"degraded": ["files"]}
        path = await sender.new(5)
        answer = await sender.send(path, 0, b"12345")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "files can't be reached" in answer.json()["detail"]
        assert await sender.offset(path) == 0
        assert (await sender.client.get("/api/v1/me")).status_code == 200
        await village.close()
    finally:
        server.stop()
