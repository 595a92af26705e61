"""Inside a slice what answers sees what writes, and that what reads: also where a slice has more than one of a kind.

`.importlinter` knows the plain names; here a module's kind is the last word of its name, so that
`page_queries` reads and `closing_commands` writes. What has no such word is the slice's own ground:
it may lean on what reads, and on nothing above, and everything may lean on it.
"""

import ast
from pathlib import PurePosixPath

from tests.architecture.sources import select, tree

FLOORS = {"pages": 3, "api": 3, "live": 3, "worker": 3, "commands": 2, "queries": 1, "inputs": 0}
GROUND = 1


def floor_of(module: str, ground: int) -> int:
    return FLOORS.get(module.rpartition("_")[2], ground)


def upward(path: PurePosixPath, module: ast.Module) -> list[str]:
    """Imports in this module of a slice from a higher floor of the same slice."""
    package = ".".join(path.parent.parts)
    imported = [
        name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package)
        for name in ([alias.name for alias in node.names] if node.module == package else [str(node.module)])
    ]
    seen = [name.removeprefix(f"{package}.").split(".")[0] for name in imported]
    return [f"{path} → {name}" for name in seen if floor_of(name, 0) > floor_of(path.stem, GROUND)]


def _slices() -> list[PurePosixPath]:
    inside = [path for path in select(".py", under=("forum",)) if len(path.parts) == 3]
    kinds = {path.parent for path in inside if path.stem in FLOORS}
    return [path for path in inside if path.parent in kinds and path.stem != "__init__"]


def test_no_module_of_a_slice_looks_up() -> None:
    assert [found for path in _slices() for found in upward(path, tree(path))] == []


def test_looking_up_would_be_found() -> None:
    for name, line in (
        ("forum/threads/page_queries.py", "from forum.threads.commands import act"),
        ("forum/threads/closing_commands.py", "from forum.threads import pages"),
        ("forum/threads/ranges.py", "from forum.threads.commands import act"),
    ):
        assert upward(PurePosixPath(name), ast.parse(line)), name
    down = ast.parse("from forum.threads.page_queries import x\nfrom forum.threads import queries, ranges")
    assert not upward(PurePosixPath("forum/threads/closing_commands.py"), down)
