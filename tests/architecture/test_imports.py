"""Every import stands at the top and counts always: what needs hiding is a circle."""

import ast
from pathlib import PurePosixPath

from tests.architecture.sources import PACKAGES, select, tree


def hidden_imports(module: ast.Module) -> list[int]:
    """The lines of imports inside functions, and of every mention of `TYPE_CHECKING`."""
    inside = [
        node.lineno
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    named = [node.lineno for node in ast.walk(module) if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING"]
    reached = [
        node.lineno for node in ast.walk(module) if isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING"
    ]
    asked = [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "TYPE_CHECKING" for alias in node.names)
    ]
    dynamic = [node.lineno for node in ast.walk(module) if isinstance(node, ast.Call) and _is_import(node.func)]
    return sorted({*inside, *named, *reached, *asked, *dynamic})


def _is_import(called: ast.expr) -> bool:
    match called:
        case ast.Name(id="__import__"):
            return True
        case ast.Attribute(value=ast.Name(id="importlib"), attr="import_module"):
            return True
    return False


def where(path: PurePosixPath) -> list[str]:
    return [f"{path}:{line}" for line in hidden_imports(tree(path))]


def test_no_import_is_hidden() -> None:
    assert [found for path in select(".py", under=PACKAGES) for found in where(path)] == []


def test_hidden_imports_would_be_found() -> None:
    for source in (
        "def act():\n    import os\n",
        "from typing import TYPE_CHECKING\n",
        "import typing\nif typing.TYPE_CHECKING:\n    import os\n",
        "os = __import__('os')\n",
    ):
        assert hidden_imports(ast.parse(source)), source
    assert hidden_imports(ast.parse("import os\n\ndef act():\n    return os.name\n")) == []
