"""How far a long command has come: a bar on a terminal, plain lines now and then anywhere else."""

import time
from typing import TextIO

BAR_WIDTH = 30
REDRAW_SECONDS = 0.1
LINE_SECONDS = 10.0


class Progress:
    """One thing after the other, each with so many steps. `stream` is the standard error output."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._what = ""
        self._total = 0
        self._done = 0
        self._shown_at = 0.0
        self._width = 0

    def begin(self, what: str, total: int) -> None:
        """From now on this is done, in `total` steps: "Reading", 2_415_269."""
        self._what, self._total, self._done = what, total, 0
        # A bar is there at once; a line only where the first ten seconds were not enough.
        self._shown_at = 0.0 if self._is_terminal else time.monotonic()
        self._show()

    def reach(self, done: int) -> None:
        """So many steps are done."""
        self._done = min(done, self._total)
        self._show()

    def note(self, line: str) -> None:
        """Write a line of its own."""
        self._clear()
        print(line, file=self._stream, flush=True)
        self._shown_at = 0.0 if self._is_terminal else self._shown_at
        self._show()

    def end(self) -> None:
        """Take the bar away."""
        self._clear()
        self._total = 0

    def _show(self) -> None:
        wait = REDRAW_SECONDS if self._is_terminal else LINE_SECONDS
        if not self._total or time.monotonic() - self._shown_at < wait:
            return
        self._shown_at = time.monotonic()
        share = self._done / self._total
        if not self._is_terminal:
            print(f"{self._what}: {share:.0%}", file=self._stream, flush=True)
            return
        filled = round(share * BAR_WIDTH)
        text = f"{self._what}  {'█' * filled}{'░' * (BAR_WIDTH - filled)} {share:4.0%}"
        print(f"\r{text.ljust(self._width)}", end="", file=self._stream, flush=True)
        self._width = len(text)

    def _clear(self) -> None:
        if self._is_terminal and self._width:
            print(f"\r{' ' * self._width}\r", end="", file=self._stream, flush=True)
            self._width = 0
