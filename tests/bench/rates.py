"""How many answers a second, as a share of the same server's plaintext answers measured just before and after."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.bench import load
from tests.bench.client import Answer, Client, WrongAnswer

PLAINTEXT = "/healthz"


@dataclass(frozen=True, slots=True)
class Rate:
    """The median over the rounds."""

    of_plaintext: float
    a_second: float
    plaintext: float


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


def measure_rates(port: int, everything: Sequence[Asked], rounds: int) -> dict[str, Rate | str]:
    """Each by its name: its rate, or why there is none. A second of plaintext stands between any two."""
    runs: dict[str, Callable[[], float] | str] = {}
    for asked in everything:
        try:
            size = asked.sample(port).size
            asked.sample(port)
        except WrongAnswer as error:
            runs[asked.name] = str(error)
        else:
            runs[asked.name] = _run(port, asked, size)
    return interleave(port, runs, rounds)


def _run(port: int, asked: Asked, size: int) -> Callable[[], float]:
    def run() -> float:
        measured = load.get_load(port, asked.path, asked.headers, 1)
        measured.check_size(size)
        asked.sample(port)
        return measured.rate

    return run


def interleave(port: int, runs: Mapping[str, Callable[[], float] | str], rounds: int) -> dict[str, Rate | str]:
    """Plaintext, one, plaintext, the next … so often: what slows the machine for a while slows both."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    failed = {name: run for name, run in runs.items() if isinstance(run, str)}
    for _ in range(rounds):
        before = plaintext(port)
        for name, run in runs.items():
            if name in failed or isinstance(run, str):
                continue
            try:
                rate = run()
            except WrongAnswer as error:
                failed[name] = str(error)
                continue
            after = plaintext(port)
            measured[name].append((rate, (before + after) / 2))
            before = after
    return {name: failed.get(name) or _median(pairs) for name, pairs in measured.items()}


def plaintext(port: int) -> float:
    """How many plaintext answers the server gives in a second."""
    return load.get_load(port, PLAINTEXT, {}, 1).rate


def _median(pairs: Sequence[tuple[float, float]]) -> Rate:
    return Rate(
        statistics.median(rate / plain for rate, plain in pairs),
        statistics.median(rate for rate, _ in pairs),
        statistics.median(plain for _, plain in pairs),
    )
