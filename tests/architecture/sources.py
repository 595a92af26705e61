"""The files of this repository as the rules see them, each read and parsed once."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
PACKAGES = ("ground", "realtime", "auth", "previews", "forum")


@cache
def paths() -> tuple[PurePosixPath, ...]:
    """Every file that is tracked or about to be (not ignored), relative to the root."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return tuple(PurePosixPath(name) for name in sorted(set(filter(None, found))) if (ROOT / name).is_file())


def select(*suffixes: str, under: tuple[str, ...] = ()) -> Iterator[PurePosixPath]:
    """The files with one of these suffixes, in one of these top folders where any is named."""
    for path in paths():
        if path.suffix in suffixes and (not under or path.parts[0] in under):
            yield path


@cache
def text(path: PurePosixPath) -> str:
    """What is written in it; bytes that are no UTF-8 become question marks."""
    return (ROOT / path).read_text("utf-8", errors="replace")


@cache
def tree(path: PurePosixPath) -> ast.Module:
    """The Python file, parsed."""
    return ast.parse(text(path), filename=str(path))


def lines_with(path: PurePosixPath, pattern: str) -> list[str]:
    """Where the pattern matches, as `path:line: text`; patterns see one line at a time."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(text(path).splitlines(), 1)
        if re.search(pattern, line, re.IGNORECASE)
    ]
