"""No file names a registry of packages: where they come from is the machine's own business."""

import re
from pathlib import PurePosixPath

from tests.architecture.sources import paths, text

# Written in two halves, so that this file does not name them either.
HOSTS = [
    f"{name}.{end}"
    for name, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("debian", "org"),
        ("ubuntu", "com"),
        ("docker", "io"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("anaconda", "org"),
        ("googleapis", "com"),
        ("azureedge", "net"),
    )
]
_NAMED = re.compile(rf"\b(?:{'|'.join(map(re.escape, HOSTS))})\b", re.IGNORECASE)
_LOCKS = {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock", "package-lock.json", "yarn.lock"}
_ARCHIVES = {".mbox"}


def named_hosts(source: str) -> list[str]:
    return _NAMED.findall(source)


def test_no_file_names_a_registry() -> None:
    readable = [path for path in paths() if path.suffix not in _ARCHIVES]
    assert {str(path): named_hosts(text(path)) for path in readable if named_hosts(text(path))} == {}


def test_no_lock_file_that_names_hosts_is_kept() -> None:
    assert [path for path in paths() if path.name in _LOCKS] == []


def test_hosts_would_be_found() -> None:
    assert named_hosts(f"see https://{HOSTS[0]}/simple and files.{HOSTS[1]}") == HOSTS[:2]
    assert named_hosts("example.org and mydebian.org") == []


def test_requirements_are_pinned_and_hashed() -> None:
    for name in ("run", "test", "uv"):
        entries = text(PurePosixPath(f"requirements/{name}.txt")).replace("\\\n", " ").splitlines()
        assert entries, name
        wrong = [entry for entry in entries if not re.match(r"[a-zA-Z0-9._\[\]-]+==\S+ .*--hash=sha256:", entry)]
        assert wrong == [], name
