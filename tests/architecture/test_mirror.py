"""Tests lie where what they test lies: `tests/auth/test_tokens.py` tests `auth/tokens.py`."""

from pathlib import PurePosixPath

from tests.architecture.sources import PACKAGES, paths, select


def modules() -> set[PurePosixPath]:
    """Every module and every package, without the suffix: `forum/threads`, `forum/threads/commands`."""
    files = [path.with_suffix("") for path in select(".py", under=PACKAGES)]
    return {path for path in files if path.name != "__init__"} | {path.parent for path in files}


def mirrored(test: PurePosixPath, known: set[PurePosixPath]) -> bool:
    """Whether its name begins with that of a module beside, or it stands in a package's own folder by its name.

    `tests/forum/threads/test_commands.py` and `test_commands_races.py` both mirror `forum/threads/commands`.
    """
    folder = PurePosixPath(*test.parent.parts[1:])
    words = test.stem.removeprefix("test_").split("_")
    beginnings = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    return any(folder / name in known for name in beginnings) or folder.name in beginnings


def _tests() -> list[PurePosixPath]:
    inside = [
        path for path in paths() if len(path.parts) > 2 and path.parts[0] == "tests" and path.parts[1] in PACKAGES
    ]
    return [path for path in inside if path.name.startswith("test_") and path.suffix == ".py"]


def test_every_test_module_mirrors_a_module() -> None:
    known = modules()
    assert [str(path) for path in _tests() if not mirrored(path, known)] == []


def test_strays_would_be_found() -> None:
    known = {PurePosixPath("auth"), PurePosixPath("auth/tokens"), PurePosixPath("forum/threads/commands")}
    for name in ("auth/test_tokens.py", "auth/test_tokens_expiry.py", "forum/threads/test_commands_races.py"):
        assert mirrored(PurePosixPath("tests") / name, known), name
    for name in ("auth/test_cookies.py", "forum/threads/test_tokens.py", "forum/test_tokens.py"):
        assert not mirrored(PurePosixPath("tests") / name, known), name
