"""The set-up scripts on machines that lack something: each says in a sentence what, and how to get it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAIN = ("sh", "dirname", "sed", "cut", "id", "cat", "rm", "touch", "make", "awk")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of its own with the set-up files, so that no real .venv is touched."""
    folder = tmp_path / "a checkout"
    for name in ("tools", "requirements"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "Makefile", folder)
    return folder


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder for the PATH with the plainest programs only."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PLAIN:
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def _program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def _run(checkout: Path, machine: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(machine), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_no_python(checkout: Path, bare_machine: Path) -> None:
    done = _run(checkout, bare_machine, "make", "install")
    assert done.returncode != 0
    assert "Confer needs Python 3.11 or newer, and this machine has no Python." in done.stderr
    assert "apt install" in done.stderr


def test_old_python(checkout: Path, bare_machine: Path) -> None:
    _program(bare_machine, "python3", 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    done = _run(checkout, bare_machine, "make", "run")
    assert done.returncode != 0
    assert "this machine has Python 3.9.2." in done.stderr


def test_python_without_venv(checkout: Path, bare_machine: Path) -> None:
    script = 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.13;; esac'
    _program(bare_machine, "python3", script)
    done = _run(checkout, bare_machine, "make", "install")
    assert done.returncode != 0
    assert "sudo apt install python3.13-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_chosen_python_comes_first(checkout: Path, bare_machine: Path) -> None:
    _program(bare_machine, "python3", "exit 1")
    _program(bare_machine, "other", 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.14;; esac')
    done = _run(checkout, bare_machine, "make", "install", "PYTHON=other")
    assert "python3.14-venv" in done.stderr


def test_system_without_apt(checkout: Path, bare_machine: Path) -> None:
    done = _run(checkout, bare_machine, "tools/test-servers.sh")
    assert done.returncode == 1
    assert "redis-server" in done.stderr
    assert "chromium" in done.stderr


def test_apt_installs_only_what_is_missing(checkout: Path, bare_machine: Path) -> None:
    _program(bare_machine, "redis-server", "")
    _program(bare_machine, "initdb", "")
    _program(bare_machine, "postgres", "")
    (bare_machine / "env").symlink_to(str(shutil.which("env")))
    _program(bare_machine, "sudo", '"$@"')
    asked = checkout / "asked.txt"
    _program(bare_machine, "apt-get", f'echo "$@" >>"{asked}"')
    done = _run(checkout, bare_machine, "tools/test-servers.sh")
    assert done.returncode == 1  # nothing came: the script looks again
    assert asked.read_text().split("\n")[1].split()[-1] == "chromium"
    assert "redis-server" not in asked.read_text()


def test_make_alone_lists_every_target(checkout: Path, bare_machine: Path) -> None:
    listed = _run(checkout, bare_machine, "make").stdout
    assert {line.split()[1] for line in listed.splitlines()} == set(_phony())


def _phony() -> list[str]:
    lines = (ROOT / "Makefile").read_text().splitlines()
    return next(line for line in lines if line.startswith(".PHONY:")).split()[1:]


def test_procfile_names_the_three_processes() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert [line.split(":")[0] for line in lines] == ["release", "web", "worker"]
    assert all(line.split(": ")[1].startswith("python -m forum ") for line in lines)
