"""What does not fit on a few screens is two things: files and functions stay small."""

import ast
from pathlib import PurePosixPath

from tests.architecture.sources import select, text, tree

MAX_FILE = 400
MAX_FUNCTION = 40


def long_files() -> list[str]:
    counted = {path: text(path).count("\n") for path in select(".py", ".js", ".css", ".html", ".sh", ".txt")}
    return [f"{path}: {lines} lines" for path, lines in counted.items() if lines > MAX_FILE and not is_made(path)]


def is_made(path: PurePosixPath) -> bool:
    """Lists of pins, and migrations, which are as long as what they change."""
    return path.parts[0] == "requirements" or "migrations" in path.parts


def long_functions(path: PurePosixPath) -> list[str]:
    """A migration runs from top to bottom and is as long as what it changes: its functions may be."""
    if "migrations" in path.parts:
        return []
    return [
        f"{path}:{node.lineno}: {node.name} has {_length(node)} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > MAX_FUNCTION
    ]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_longer_than_400_lines() -> None:
    assert long_files() == []


def test_no_function_is_longer_than_40_lines() -> None:
    assert [found for path in select(".py") for found in long_functions(path)] == []
