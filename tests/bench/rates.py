"""How many answers a second, as a share of the same server's plaintext answers measured just before and after."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench import bare, load
from tests.bench.client import Answer, Client, WrongAnswer
from tests.bench.machine import cpu_seconds, on_core
from tests.servers.processes import accepts, free_port

PLAINTEXT = "/healthz"


@dataclass(frozen=True, slots=True)
class Rate:
    """The median over the rounds."""

    of_plaintext: float
    a_second: float
    plaintext: float
    cpu: float
    """Microseconds of the processor's time that the server spent on each answer: what a busy machine changes least."""
    plaintext_cpu: float


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server answers, and its process."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Second:
    """What came of one run: answers a second, and microseconds of the processor's time for each."""

    rate: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for again and again, and how its answer is known to be right."""

    name: str
    path: str
    headers: Mapping[str, str]
    status: int = 200
    holds: bytes = b""
    """Words that the body must have, so that no sign-in page is measured."""

    def sample(self, port: int) -> Answer:
        """One answer, looked at. Raises WrongAnswer."""
        with Client(port, self.headers) as client:
            answer = client.expect(self.status, self.path)
        if self.holds not in answer.body:
            raise WrongAnswer(f"GET {self.path} answered without {self.holds.decode()!r}")
        return answer


Run = Callable[[], load.Load]


@contextmanager
def bare_server(core: int) -> Iterator[Server]:
    """A server that does nothing but answer, on this core."""
    port = free_port()
    with on_core(core):
        child = multiprocessing.get_context("spawn").Process(target=bare.serve, args=(port,), daemon=True)
        child.start()
    try:
        while not accepts(port):
            time.sleep(0.05)
        yield Server(port, child.pid or 0)
    finally:
        child.terminate()
        child.join(5)


def measure_bare(core: int, rounds: int) -> Second:
    """Plaintext of that server: what there is to divide."""
    with bare_server(core) as server:
        return measure_plaintext(server, rounds)


def measure_plaintext(server: Server, rounds: int) -> Second:
    """Plaintext of the server that is measured."""
    seconds = [_plaintext(server) for _ in range(rounds)]
    return Second(statistics.median(one.rate for one in seconds), statistics.median(one.cpu for one in seconds))


def measure_rates(server: Server, everything: Sequence[Asked], rounds: int) -> dict[str, Rate | str]:
    """Each by its name: its rate, or why there is none. A second of plaintext stands between any two."""
    runs: dict[str, Run | str] = {}
    for asked in everything:
        try:
            size = asked.sample(server.port).size
            asked.sample(server.port)
        except WrongAnswer as error:
            runs[asked.name] = str(error)
        else:
            runs[asked.name] = _run(server, asked, size)
    return interleave(server, runs, rounds)


def _run(server: Server, asked: Asked, size: int) -> Run:
    def run() -> load.Load:
        measured = load.get_load(server.port, asked.path, asked.headers, 1)
        measured.check_size(size)
        return measured

    return run


def interleave(server: Server, runs: Mapping[str, Run | str], rounds: int) -> dict[str, Rate | str]:
    """Plaintext, one, plaintext, the next … so often: what slows the machine for a while slows both."""
    measured: dict[str, list[tuple[Second, Second, Second]]] = {name: [] for name in runs}
    failed = {name: run for name, run in runs.items() if isinstance(run, str)}
    for _ in range(rounds):
        before = _plaintext(server)
        for name, run in runs.items():
            if name in failed or isinstance(run, str):
                continue
            try:
                taken = _second(server, run)
            except WrongAnswer as error:
                failed[name] = str(error)
                continue
            after = _plaintext(server)
            measured[name].append((taken, before, after))
            before = after
    return {name: failed.get(name) or _median(seconds) for name, seconds in measured.items()}


def _plaintext(server: Server) -> Second:
    return _second(server, lambda: load.get_load(server.port, PLAINTEXT, {}, 1))


def _second(server: Server, run: Run) -> Second:
    before = cpu_seconds(server.pid)
    done = run()
    return Second(done.rate, (cpu_seconds(server.pid) - before) / done.requests * 1_000_000)


def _median(seconds: Sequence[tuple[Second, Second, Second]]) -> Rate:
    return Rate(
        statistics.median(2 * taken.rate / (before.rate + after.rate) for taken, before, after in seconds),
        statistics.median(taken.rate for taken, _, _ in seconds),
        statistics.median(before.rate for _, before, _ in seconds),
        statistics.median(taken.cpu for taken, _, _ in seconds),
        statistics.median(before.cpu for _, before, _ in seconds),
    )
