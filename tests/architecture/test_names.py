"""Names that say nothing are not used: what is called `utils` takes in anything."""

import ast
import re
from pathlib import PurePosixPath

from tests.architecture.sources import paths, select, tree

FORBIDDEN = frozenset(
    {
        "util",
        "utils",
        "helper",
        "helpers",
        "manager",
        "managers",
        "service",
        "services",
        "handler",
        "handlers",
        "common",
        "base",
        "info",
        "misc",
    }
)
ALLOWED = (PurePosixPath("templates/base.html"), PurePosixPath("static/base"))
_SUFFIX = re.compile(r"(Utils?|Helpers?|Managers?|Services?|Handlers?|Common|Base|Info|Misc)\Z")


def dusty_parts(path: PurePosixPath) -> list[str]:
    """The folders and the name of the file, taken apart at `_`, `-` and `.`, that say nothing."""
    places = [place for place in (path, *path.parents) if place.name and place not in ALLOWED]
    return [str(place) for place in places if FORBIDDEN & set(re.split(r"[-_.]", place.name.lower()))]


def dusty_classes(path: PurePosixPath) -> list[str]:
    return [
        f"{path}:{node.lineno}: {node.name}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and _SUFFIX.search(node.name)
    ]


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    assert [part for path in paths() for part in dusty_parts(path)] == []


def test_no_class_has_a_name_that_says_nothing() -> None:
    assert [name for path in select(".py") for name in dusty_classes(path)] == []


def test_dust_would_be_found() -> None:
    for name in ("forum/utils.py", "forum/helpers/dates.py", "static/ui/date-utils.js", "forum/threads/base.py"):
        assert dusty_parts(PurePosixPath(name)), name
    for name in ("templates/base.html", "static/base/tokens.css", "forum/database.py", "forum/information.py"):
        assert not dusty_parts(PurePosixPath(name)), name
