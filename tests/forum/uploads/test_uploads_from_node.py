"""The most used tus client, under Node, sends to us: whole, in parts, and on from where it was stopped."""

import hashlib
import json
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.forum.files.test_store import content_of
from tests.forum.threads.village import Village
from tests.forum.uploads.sender import TUS, Sender

CLIENT = "tus-js-client@4.3.1"
SCRIPT = Path(__file__).with_name("client.cjs")


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, fetched once for these tests alone: nothing of it is in the repository or in what runs."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node is not on this machine; tests beside this one send by a client of our own")
    folder = tmp_path_factory.mktemp("node")
    fetched = subprocess.run(
        ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", CLIENT],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if fetched.returncode:
        pytest.skip("the client can't be fetched here; tests beside this one send by a client of our own")
    return folder / "node_modules"


def send(node_modules: Path, **wish: Any) -> str:
    done = subprocess.run(
        ["node", str(SCRIPT), json.dumps(wish)],
        env={"NODE_PATH": str(node_modules), "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    ("chunk", "broken"), [(None, 0), (500_000, 0), (500_000, 1_000_000)], ids=["whole", "in parts", "stopped"]
)
async def test_it_sends(village: Village, node_modules: Path, tmp_path: Path, chunk: int | None, broken: int) -> None:
    amara = await village.person("Amara Okafor")
    place, content = await village.network(amara), secrets.token_bytes(3_000_000)
    file = tmp_path / "content"
    file.write_bytes(content)
    url = send(
        node_modules,
        endpoint=f"{village.url}/api/v1/uploads",
        token=amara.token,
        file=str(file),
        network=place.slug,
        chunkSize=chunk,
        breakAt=broken,
        checkpoint=str(tmp_path / "checkpoint"),
    )
    assert (tmp_path / "checkpoint").exists() == bool(broken)
    shown = (await Sender(village, amara).client.get(url, headers=TUS)).json()
    assert (shown["name"], shown["received"], shown["complete"]) == ("Sent by Node.pdf", 3_000_000, True)
    assert await content_of(village.state.files, hashlib.sha256(content).hexdigest()) == content
