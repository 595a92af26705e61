"""What the README and the page for operators say of settings, commands and files is so."""

import re
from pathlib import Path

from forum.command_line import make_parser
from forum.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
OPERATORS = (ROOT / "docs/operators.md").read_text()


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


def test_every_command_for_operators_is_one() -> None:
    lines = re.findall(r"python -m forum ([a-z][\w /.-]*?)(?:`|\n)", OPERATORS)
    assert len(lines) > 8
    for line in [*lines, "backup FILE"]:
        words = line.split()
        make_parser().parse_args([*words, "FILE"] if words in (["backup"], ["restore"]) else words)


def test_every_setting_for_operators_is_one() -> None:
    named = set(re.findall(r"\b([A-Z]+_[A-Z_]+)(?==|`)", OPERATORS))
    assert {"METRICS_PORT", "TRUSTED_PROXIES", "LOG_REQUESTS"} <= named
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_link_leads_somewhere() -> None:
    for page, text in ((ROOT / "README.md", README), (ROOT / "docs/operators.md", OPERATORS)):
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), target


def test_readme_quotes_the_proxy_as_it_is() -> None:
    proxy = {line.partition("#")[0].strip() for line in (ROOT / "docs/nginx.conf").read_text().splitlines()}
    quoted = re.search(r"```\n(location = /live \{.*?\n\})\n```", README, re.DOTALL)
    assert quoted
    assert [line for line in quoted[1].splitlines() if line.strip() not in proxy] == []
