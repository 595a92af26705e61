"""A test that came too late has a second try alone; what is broken, or looks for the rare, has none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import again

ONCE = """
import pathlib
def test_late():
    ran = pathlib.Path(__file__).with_name("ran")
    was_there = ran.exists()
    ran.touch()
    assert was_there
def test_broken():
    assert {is_sound}
"""


def run_twice(folder: Path, is_sound: bool) -> tuple[int, str]:
    (folder / "test_one.py").write_text(ONCE.format(is_sound=is_sound))
    first = subprocess.run([sys.executable, "-m", "pytest", "-q", "test_one.py"], cwd=folder, capture_output=True)
    second = subprocess.run(
        [sys.executable, Path(again.__file__), str(first.returncode)], cwd=folder, capture_output=True, text=True
    )
    return second.returncode, second.stdout


def test_what_passes_alone_counts_as_passed_and_is_named(tmp_path: Path) -> None:
    code, said = run_twice(tmp_path, is_sound=True)
    assert code == 0
    assert said.endswith("FAILED ONCE, PASSED ALONE:\n  test_one.py::test_late\n")


def test_what_fails_alone_too_has_failed(tmp_path: Path) -> None:
    assert run_twice(tmp_path, is_sound=False)[0] == 1


@pytest.mark.parametrize(
    ("code", "failed"),
    [
        (2, ["tests/forum/test_work.py::test_a"]),
        (1, []),
        (1, [f"tests/forum/test_work.py::test_{letter}" for letter in "abcd"]),
        (1, ["tests/forum/test_work.py::test_a", "tests/privacy/test_canaries.py::test_b"]),
    ],
)
def test_who_has_no_second_try(code: int, failed: list[str]) -> None:
    assert again.why_not(code, failed)
    assert not again.why_not(1, ["tests/forum/test_work.py::test_a"])
