"""The two programs in C: made from their few lines with the machine's compiler, and the load told what to do."""

import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.bench.machine import on_core

_FOLDER = Path(__file__).parent
Dialect = Literal["confer", "socketio", "plain"]


class LoadFailed(Exception):
    """The load could not do what it was told; the text says why."""


def build(name: str, folder: Path) -> str:
    """Compile `name`.c; the path of the program."""
    program = folder / name
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"]
    subprocess.run(["cc", *flags, "-o", str(program), str(_FOLDER / f"{name}.c")], check=True)
    return str(program)


@dataclass(frozen=True, slots=True)
class Post:
    """When one post was sent, and had come to the first, the middle and the last reader; seconds of one clock."""

    sent: float
    first: float
    middle: float
    last: float


class Load:
    """One load program: the readers of one server, and those who publish to it."""

    def __init__(
        self, program: str, core: int, port: int, dialect: Dialect, upgrades: Iterable[bytes], publish: bytes
    ) -> None:
        """`upgrades` are the readers' requests, used in turn; `publish` is a request that publishes once."""
        with tempfile.TemporaryDirectory(prefix="confer-load-") as folder, on_core(core):
            requests, publishing = Path(folder, "upgrades"), Path(folder, "publish")
            requests.write_bytes(b"".join(upgrades))
            publishing.write_bytes(publish)
            self._process = subprocess.Popen(
                [program, str(port), dialect, str(requests), str(publishing)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._ask("close")  # when this is answered it has read its files
        self.readers = 0

    @property
    def pid(self) -> int:
        """Its process id, for measuring it."""
        return self._process.pid

    def open(self, count: int, at_once: int = 100) -> float:
        """Connect so many readers in all and greet them; seconds. LoadFailed."""
        self.readers = count
        return int(self._ask(f"open {count} {at_once}")) / 1e6

    def upgrade(self, count: int, at_once: int = 100) -> float:
        """The same, only until each is upgraded."""
        return int(self._ask(f"upgrade {count} {at_once}")) / 1e6

    def resume(self, count: int, events: int, hello: str, at_once: int = 100) -> float:
        """Connect so many readers with this hello, until each has been greeted and has so many events; seconds."""
        self.readers = count
        return int(self._ask(f"resume {count} {at_once} {events} {hello}")) / 1e6

    def posts(self, count: int, in_flight: int = 1, every: float = 0.0) -> list[Post]:
        """Publish, at most so many unread at once, and at fixed times where `every` is given in seconds. LoadFailed."""
        return self._posts(f"posts {count} {in_flight} {round(every * 1e6)}")

    def expect(self, count: int) -> None:
        """Be ready for posts that somebody else publishes; `come` waits for them."""
        self._tell(f"expect {count}")

    def come(self) -> list[Post]:
        """What was expected. LoadFailed."""
        return self._read(self._answer())

    def close(self) -> None:
        """All readers leave."""
        self._ask("close")

    def end(self) -> None:
        """The program ends."""
        self._process.kill()
        self._process.communicate()

    def _posts(self, order: str) -> list[Post]:
        return self._read(self._ask(order))

    def _read(self, answer: str) -> list[Post]:
        *times, refused = answer.split()
        if int(refused):
            raise LoadFailed(f"{refused} posts were refused")
        return [Post(*(int(each) / 1e6 for each in quadruple.split(","))) for quadruple in times]

    def _ask(self, order: str) -> str:
        self._tell(order)
        return self._answer()

    def _tell(self, order: str) -> None:
        if self._process.stdin is None:
            raise LoadFailed("no way to tell it")
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        if self._process.stdout is None:
            raise LoadFailed("no way to hear it")
        word, _, rest = self._process.stdout.readline().strip().partition(" ")
        if word != "ok":
            raise LoadFailed(rest or "the load program ended")
        return rest
