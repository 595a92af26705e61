"""The contracts in `.importlinter` hold, and each of them would notice a breach: one is planted for each."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
OPTIONS = ["--no-cache", "--no-logo"]

BREACHES = {
    "a stone sees the forum": ("auth/breach.py", "import forum.settings"),
    "a stone sees the other": ("realtime/breach.py", "import auth.tables"),
    "a stone that reads files sees a stone": ("previews/breach.py", "import realtime.events"),
    "the ground sees a stone": ("ground/breach.py", "import realtime.events"),
    "a floor sees the one above": ("forum/records.py", "import forum.policy"),
    "a slice sees another": ("forum/threads/queries.py", "import forum.networks.queries"),
    "reading sees writing": ("forum/networks/queries.py", "import forum.networks.commands"),
    "writing sees answering": ("forum/networks/commands.py", "import forum.networks.pages"),
    "a module without a floor": ("forum/dust.py", ""),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*LINT, *OPTIONS], cwd=folder, capture_output=True, text=True, check=False)


def test_every_floor_sees_only_the_floors_below() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small house of empty rooms under the same contracts."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / ".importlinter", folder)
    rooms = [f"forum/{slice}/{room}.py" for slice in ("networks", "threads") for room in ("__init__", *_ROOMS)]
    for room in [*(f"{package}/__init__.py" for package in PACKAGES), *_COMMON_GROUND, *rooms]:
        (folder / room).parent.mkdir(parents=True, exist_ok=True)
        (folder / room).touch()
    assert lint(folder).returncode == 0, lint(folder).stdout
    return folder


_ROOMS = ("pages", "api", "live", "worker", "commands", "inputs", "queries")
_COMMON_GROUND = (
    "auth/tables.py",
    "realtime/events.py",
    "forum/settings.py",
    "forum/records.py",
    "forum/policy.py",
    "forum/app.py",
)


@pytest.mark.parametrize("breach", BREACHES)
def test_breach_is_noticed(house: Path, breach: str) -> None:
    name, line = BREACHES[breach]
    path = house / name
    before = path.read_text() if path.exists() else None
    path.write_text(f"{line}\n")
    try:
        done = lint(house)
        assert (done.returncode, "BROKEN" in done.stdout) == (1, True)
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert lint(house).returncode == 0
