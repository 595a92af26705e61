"""A bar where somebody looks on, and lines where a file does."""

import io

import pytest

from forum.imports import progress
from forum.imports.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        """The lines as somebody sees them: what follows a return stands over what was there."""
        seen = []
        for line in self.getvalue().split("\n"):
            shown = ""
            for part in line.split("\r"):
                shown = part + shown[len(part) :]
            seen.append(shown.rstrip())
        return seen


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "REDRAW_SECONDS", 0.0)


def test_a_bar_grows_in_its_place() -> None:
    terminal = Terminal()
    shown = Progress(terminal)
    shown.begin("Bringing in", 200)
    assert terminal.screen() == ["Bringing in  " + "░" * 30 + "   0%"]
    shown.reach(100)
    assert terminal.screen() == ["Bringing in  " + "█" * 15 + "░" * 15 + "  50%"]
    shown.reach(500)
    assert terminal.screen() == ["Bringing in  " + "█" * 30 + " 100%"]


def test_a_note_stands_above_the_bar_and_the_end_leaves_nothing() -> None:
    terminal = Terminal()
    shown = Progress(terminal)
    shown.begin("Reading", 10)
    shown.note("Message 3 is left out.")
    assert terminal.screen()[0] == "Message 3 is left out."
    assert terminal.screen()[1].startswith("Reading  ░")
    shown.begin("Bringing in", 10)
    shown.end()
    shown.reach(3)
    assert terminal.screen() == ["Message 3 is left out.", ""]


def test_a_file_gets_few_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    shown = Progress(file)
    shown.begin("Bringing in", 10)
    for done in range(10):
        shown.reach(done)
    assert file.getvalue() == ""
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    shown.reach(5)
    shown.note("A note.")
    shown.end()
    assert file.getvalue() == "Bringing in: 50%\nA note.\nBringing in: 50%\n"


def test_nothing_to_do_shows_nothing() -> None:
    terminal = Terminal()
    shown = Progress(terminal)
    shown.begin("Bringing in", 0)
    shown.reach(0)
    shown.end()
    assert terminal.getvalue() == ""
