"""A private Redis that keeps nothing on the disk, and may be killed, paused and brought back."""

import shutil
import signal
import socket
import tempfile
import time
from pathlib import Path

from tests.servers.processes import Child, free_port


class RedisServer:
    """One server on the loopback address; it keeps its port through `kill` and `start`."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="confer-redis-"))
        self.port = free_port()
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    @property
    def url(self) -> str:
        """Its address, as `REDIS_URL` takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers; empty, for nothing was kept."""
        program = shutil.which("redis-server")
        if not program:
            raise RuntimeError("redis-server is missing: `make test` installs Redis, or says how to")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._child = Child(
            [program, *options, "--dir", str(self._folder)], self._folder / "log.txt", directory=self._folder
        )
        deadline = time.monotonic() + 10
        while not self._answers():
            if not self._child.running or time.monotonic() > deadline:
                self._child.kill()
                raise RuntimeError(f"Redis does not start:\n{self._child.said()}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            return self.ask("PING") == "+PONG"
        except OSError:
            return False

    def ask(self, command: str) -> str:
        """The first line of the answer to one command written inline, such as `FLUSHALL`."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(command.encode() + b"\r\n")
            with connection.makefile("rb") as answer:
                return answer.readline().decode().rstrip()

    def empty(self) -> None:
        """Forget all keys, as a new server would."""
        self.ask("FLUSHALL")

    def drop_connections(self) -> None:
        """End every client's connection, ordinary and listening ones, without ending the server."""
        for kind in ("normal", "pubsub"):
            self.ask(f"CLIENT KILL TYPE {kind} SKIPME yes")

    def kill(self) -> None:
        """`kill -9`; `start` brings an empty one back on the same port."""
        self._child.kill()

    def restart(self) -> None:
        """`kill` and `start`."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._child.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Undo `pause`."""
        self._child.send(signal.SIGCONT)

    def stop(self) -> None:
        """End it and remove its folder."""
        self._child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
