"""What the README says of settings, commands and files is so."""

import re
from pathlib import Path

from forum.command_line import make_parser
from forum.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    for name, field in Settings.model_fields.items():
        default = str(int(field.default)) if isinstance(field.default, bool) else str(field.default)
        cell = f"`{default}`" if default else ""
        assert f"| `{name.upper()}` | {cell} | {field.description} |" in README


def test_every_command_is_named() -> None:
    named = set(re.findall(r"python -m forum (\w+)", README))
    parser = make_parser()
    commands = next(iter(action.choices for action in parser._actions if isinstance(action.choices, dict)))
    assert set(commands or ()) <= named
    assert named <= set(commands or ())


def test_every_path_that_is_named_exists() -> None:
    named = re.findall(r"`((?:forum|auth|realtime|static|templates|tests)/[\w./]+\.\w+)`", README)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_picture_exists() -> None:
    assert (ROOT / "docs/thread.png").stat().st_size > 10_000
