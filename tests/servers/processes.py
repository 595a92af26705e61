"""A child process that cannot outlive the tests, however these end.

Three nets, one behind the other: the fixture ends the child; the child has a process group of its
own, which is killed whole; and on Linux the kernel kills the child when our process dies
(`PR_SET_PDEATHSIG`), which also covers `kill -9` on pytest and a crashed xdist worker.
"""

import contextlib
import ctypes
import os
import pwd
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """One running program with its log in a file; ended by `stop`, `kill` or our own death."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.log = log
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=directory,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # after the change of user, which would clear it
                **_identity(user),
            )

    @property
    def pid(self) -> int:
        """The process id, which is also its process group's."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def said(self) -> str:
        """All that it wrote so far, both streams as they came."""
        return self.log.read_text("utf-8", errors="replace")

    def send(self, number: signal.Signals) -> None:
        """A signal to the whole process group; nothing when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def wait(self, seconds: float) -> int:
        """Its exit code; `subprocess.TimeoutExpired` when it still runs after so many seconds."""
        return self._process.wait(seconds)

    def stop(self, seconds: float = 10.0) -> int:
        """Ask it to end, and kill it when it does not within so many seconds; its exit code."""
        if self.running:
            self.send(signal.SIGCONT)  # one that is paused could not hear
            self._process.send_signal(self._stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return self.kill()

    def kill(self) -> int:
        """`kill -9` the process and all it started; its exit code."""
        self.send(signal.SIGKILL)
        return self._process.wait(10)


def free_port() -> int:
    """A TCP port on the loopback address that was free a moment ago.

    It lies below those that systems give to outgoing connections: none of these can take it before
    its server starts, or while its server is down between a kill and a new start.
    """
    while True:
        port = secrets.randbelow(16_000) + 16_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def accepts(port: int) -> bool:
    """Whether something on the loopback address takes connections on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ordinary_user() -> str | None:
    """Who to run a server as that refuses root; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def family(pid: int) -> list[int]:
    """The process and its living children (Linux: from /proc)."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


def _identity(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
