"""The parts of every page hang together: each drawing exists, each style sheet is listed, all of it stays small."""

import re
from pathlib import Path

import brotli
import pytest

from forum.assets import Assets

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = (STATIC / "styles.txt").read_text().split()
DRAWINGS = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
SCRIPTS = sorted(STATIC.rglob("*.js"))

MOST = 40 * 1024
"""Bytes of style and of script that all pages together may load, compressed."""


def used_drawings(source: str) -> set[str]:
    """The names that templates and scripts give to icon()."""
    return set(re.findall(r"""\bicon\(["']([a-z-]+)["']""", source))


@pytest.mark.parametrize("path", [*TEMPLATES, *SCRIPTS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_drawing_exists(path: Path) -> None:
    assert used_drawings(path.read_text()) <= DRAWINGS


def test_the_style_guide_shows_every_drawing() -> None:
    guide = (ROOT / "templates" / "styleguide.html").read_text()
    listed = re.search(r"set drawings = \[(.*?)\]", guide, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r'"([a-z-]+)"', listed.group(1))) == DRAWINGS


def test_every_style_sheet_is_listed_once() -> None:
    assert sorted(STYLES) == sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.css"))


def test_the_order_of_layers_comes_first() -> None:
    assert STYLES[0] == "base/tokens.css"
    assert (
        re.sub(r"/\*.*?\*/", "", (STATIC / STYLES[0]).read_text(), flags=re.DOTALL).strip().startswith("@layer tokens,")
    )


@pytest.mark.parametrize("name", STYLES)
def test_a_style_sheet_says_its_classes_and_stays_in_a_layer(name: str) -> None:
    css = (STATIC / name).read_text()
    assert css.startswith("/* ")
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    assert bare.count("{") == bare.count("}")
    assert {line.split("{")[0].strip() for line in bare.splitlines() if line and not line.startswith((" ", "}"))} <= {
        "@layer tokens", "@layer base", "@layer layout", "@layer ui", "@layer pages", "@layer print",
        "@layer tokens, base, layout, ui, pages, print;",
    }  # fmt: skip


def test_styles_stay_small() -> None:
    css = "".join((STATIC / name).read_text() for name in STYLES)
    assert len(brotli.compress(css.encode())) < MOST


def test_scripts_stay_small() -> None:
    sizes = Assets(STATIC).sizes()
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) < MOST


def test_every_macro_says_how_to_call_it() -> None:
    """A comment right before each macro that others use begins with its name."""
    for path in (ROOT / "templates" / "ui").glob("*.html"):
        source = path.read_text()
        for name in re.findall(r"{% macro ([a-z]\w*)\(", source):
            assert f"{name}(" in "".join(re.findall(r"\{#-?(.*?)-?#\}", source, re.DOTALL)), f"{path.name}: {name}"
