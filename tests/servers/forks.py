"""Confer's commands without loading its modules each time: one process has loaded them, and forks for each command.

Loading them costs more than most commands do, and the tests run hundreds. A fork is a process like any other:
of its own environment, streams, signals and exit code, killed and measured like one that `python -m forum`
started. That these words start it with nothing loaded is tried where a test asks for it: `cold`.

The first process ends when the tests do, however these end, for the socket to them closes; and the kernel
ends the forks when it does.
"""

import ctypes
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from jinja2.bccache import Bucket, BytecodeCache

from tests.servers.processes import Child

_ROOT = Path(__file__).parents[2]
_PR_SET_PDEATHSIG = 1
_LARGEST = 1 << 16
LOADED_LATER = (
    *(f"forum.{name}" for name in ("backup", "checking", "routes", "schema", "seeds", "sending", "serve", "work")),
    *("forum.postgresql_driver", "forum.sqlite_driver", "realtime.brokers.redis", "css_inline"),
    *("uvicorn.loops.uvloop", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on", "alembic.command"),
)
"""What single commands load, or only a server of one shape."""


class Fork:
    """One running command, with those methods of `subprocess.Popen` that the tests use."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], streams: Sequence[IO[bytes]]) -> None:
        """`streams` are its input, output and errors."""
        self.returncode: int | None = None
        self._news, told = os.pipe()
        self._heard = b""
        wish = json.dumps({"words": list(words), "environment": dict(environment)})
        try:
            socket.send_fds(_first.door(), [wish.encode()], [*(stream.fileno() for stream in streams), told])
        finally:
            os.close(told)
        while b"\n" not in self._heard:
            self._listen(None)
        self.pid = int(self._heard.split(b"\n")[0])

    def __del__(self) -> None:
        if self.returncode is None:
            os.close(self._news)

    def _listen(self, seconds: float | None) -> None:
        """Hear the pid and the exit code, a line each."""
        if self.returncode is not None:
            return
        watch = select.poll()
        watch.register(self._news, select.POLLIN)
        if not watch.poll(None if seconds is None else max(seconds, 0) * 1000):
            return
        told = os.read(self._news, 100)
        if not told and not self._heard:
            raise RuntimeError("the process that forks for every command has ended")
        self._heard += told or b"-9\n"  # the kernel ends the forks with it
        if self._heard.count(b"\n") > 1:
            self.returncode = int(self._heard.split(b"\n")[1])
            os.close(self._news)

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        self._listen(0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Its exit code; `subprocess.TimeoutExpired` when it still runs after so many seconds."""
        deadline = time.monotonic() + timeout
        while self.returncode is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("forum", timeout)
            self._listen(deadline - time.monotonic())
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """A signal to the process alone, where it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)


def run(
    words: Sequence[str], environment: Mapping[str, str], typed: str = "", timeout: float = 120
) -> tuple[int, str, str]:
    """Run a command to its end, at most so many seconds: its exit code, what it printed, and its errors."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(typed.encode())
        given.seek(0)
        fork = Fork(words, environment, [given, out, err])
        try:
            code = fork.wait(timeout)
        finally:
            fork.send_signal(signal.SIGKILL)
        for stream in (out, err):
            stream.seek(0)
        return code, out.read().decode(), err.read().decode()


class ForkedChild(Child):
    """`Child` for a command of Confer, its output in a file."""

    def __init__(self, words: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        self._stop_signal = signal.SIGTERM
        with log.open("ab") as output, Path(os.devnull).open("rb") as nothing:
            self._process = Fork(words, environment, [nothing, output, output])


class _First:
    """The process that has loaded everything, started when the first command is wished for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def door(self) -> socket.socket:
        """Where it takes wishes."""
        with self._lock:
            if self._door is None:
                self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                words = [sys.executable, "-m", "tests.servers.forks", str(theirs.fileno())]
                with theirs:
                    self._process = subprocess.Popen(
                        words, cwd=_ROOT, pass_fds=[theirs.fileno()], start_new_session=True, stdin=subprocess.DEVNULL
                    )
        return self._door


_first = _First()


# -- In the first process ------------------------------------------------------------------------------


def wait_for_wishes(door: socket.socket) -> list[str] | None:
    """Fork for each wish. In a fork: the words of its command; in the first process None, when nobody can wish more."""
    woken, wakes = os.pipe()
    for end in (woken, wakes):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda _, __: None)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([door, woken], [], [])
        if woken in ready:
            os.read(woken, 1000)
            _tell_ends(running)
        if door in ready:
            wish, handles, _, _ = socket.recv_fds(door, _LARGEST, 4)
            if not wish:
                return None  # the door is closed: the tests have ended
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for handle in (woken, wakes, door.detach(), *running.values()):
                    os.close(handle)
                return _become(json.loads(wish), handles)
            running[pid] = handles.pop()
            for handle in handles:
                os.close(handle)


def _tell_ends(running: dict[int, int]) -> None:
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            told = running.pop(pid)
            os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
            os.close(told)


def _become(wish: dict[str, Any], handles: list[int]) -> list[str]:
    """Make this process the one that was wished for; its words."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    *streams, told = handles
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(wish["environment"])
    time.tzset()
    os.write(told, b"%d\n" % os.getpid())
    os.close(told)
    words: list[str] = wish["words"]
    return words


class _Compiled(BytecodeCache):
    """What templates became, kept in memory. Plain mail escapes nothing: its templates become something else."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, bool], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bool(bucket.environment.autoescape)))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bool(bucket.environment.autoescape)] = bucket.code


def keep_compiled_templates() -> None:
    """Compile every template once for all forks: a second and a half, a part of which each would take again."""
    rendering = import_module("forum.rendering")
    rendering.Environment = partial(rendering.Environment, bytecode_cache=_Compiled())
    templates = rendering.make_templates(_ROOT / "templates", import_module("forum.settings").Settings(), str)
    for name in templates.list_templates():
        templates.get_template(name)


def hash_passwords_quickly() -> None:
    """Hashes were a quarter of what servers computed in tests of accounts; they stay Argon2id, for less."""
    passwords: Any = import_module("auth.passwords").Passwords
    passwords.__init__.__kwdefaults__ = {"memory_kib": 64, "rounds": 1, "lanes": 1}


if __name__ == "__main__":
    from ground.leaving_out import leave_out_what_is_unused

    leave_out_what_is_unused()  # as `python -m forum` does
    from forum.command_line import main

    for name in LOADED_LATER:
        import_module(name)
    import_module("forum.app").make_assets(development=False)
    keep_compiled_templates()
    gc.collect()
    gc.freeze()
    asked = wait_for_wishes(socket.socket(fileno=int(sys.argv[1])))
    if os.environ.get("PASSWORDS") != "slow":
        hash_passwords_quickly()
    if asked is not None and asked[0] == "-m":  # another module's `main`, for servers that are broken on purpose
        sys.exit(import_module(asked[1]).main(asked[2:]))
    sys.exit(0 if asked is None else main(asked))
