"""What the machine itself can do, and where programs run on it. Linux only."""

import multiprocessing
import os
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PAGE = b"\x5a" * 8192


@dataclass(frozen=True, slots=True)
class Cores:
    """One core for the server that is measured, one for everything else; the same one where there is no second."""

    server: int
    load: int


def choose_cores() -> Cores:
    """Two of the cores that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(allowed[0], allowed[1] if len(allowed) > 1 else allowed[0])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Whatever this thread starts meanwhile stays on that core for its life."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor() -> str:
    """What the machine calls its processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


@dataclass(frozen=True, slots=True)
class Memory:
    """What one process holds, in megabytes (10⁶ bytes): alone (PSS: shared pages by parts), and with all it shares."""

    proportional: float
    resident: float


def memory_of(pid: int) -> Memory:
    """What this process holds now."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0]) * 1024 / 1_000_000
    return Memory(sizes["Pss"], sizes["Rss"])


def cpu_seconds(pid: int) -> float:
    """The processor's time that this process has used so far, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Latency:
    """Of many repetitions, in milliseconds: the middle one, and the one that a hundredth exceed."""

    p50: float
    p99: float


def latency_of(seconds: list[float]) -> Latency:
    """The percentiles of measured times."""
    ordered = sorted(seconds)
    return Latency(statistics.median(ordered) * 1000, ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000)


def time_flushes(folder: Path, seconds: float) -> Latency:
    """How long the disk under `folder` takes to keep one page of a database: write and fdatasync."""
    path = folder / "flushes"
    taken: list[float] = []
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            os.pwrite(file, _PAGE, len(taken) % 256 * len(_PAGE))
            os.fdatasync(file)
            taken.append(time.perf_counter() - began)
    finally:
        os.close(file)
        path.unlink()
    return latency_of(taken)


def time_round_trips(cores: Cores, count: int) -> Latency:
    """How long 1 KB takes over the loopback address to a process on the server's core and back."""
    listener = socket.create_server(("127.0.0.1", 0))
    with on_core(cores.server):
        child = multiprocessing.get_context("fork").Process(target=_echo, args=(listener,), daemon=True)
        child.start()
    taken = []
    with listener, socket.create_connection(listener.getsockname()) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            began = time.perf_counter()
            connection.sendall(_PAGE[:1024])
            _take(connection, 1024)
            taken.append(time.perf_counter() - began)
    child.join(5)
    return latency_of(taken)


def _echo(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        while _take(connection, 1024):
            connection.sendall(_PAGE[:1024])


def _take(connection: socket.socket, size: int) -> bool:
    while size:
        part = connection.recv(size)
        if not part:
            return False
        size -= len(part)
    return True
