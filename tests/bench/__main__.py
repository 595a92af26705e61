"""`python -m tests.bench`: measure, print, and say how many figures were reached. Loads this machine only."""

import argparse
import os
import time
from collections.abc import Iterator

from tests.bench import load
from tests.bench.client import WrongAnswer
from tests.bench.data import Plan
from tests.bench.figures import Figure, closing, table
from tests.bench.machine import Cores, choose_cores, processor
from tests.bench.measuring import FULL, QUICK, Pace, measure, measure_assets
from tests.bench.searches import measure_search
from tests.bench.sites import running_site
from tests.servers.shapes import POSTGRES_REDIS, SQLITE_MEMORY

_NAMES = {"postgres": "PostgreSQL and Redis", "sqlite": "SQLite, the broker in the process"}
_SHAPES = {"postgres": POSTGRES_REDIS, "sqlite": SQLITE_MEMORY}


def main() -> None:
    """Read the options and measure what they ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--shape", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first look in a minute and a half")
    options = parser.parse_args()
    load.program()
    cores, pace = choose_cores(), QUICK if options.quick else FULL
    if cores.server == cores.load:
        print("There is one core only: the server shares it with the load, and every rate is lower for it.")
    print(f"{processor()}; the server on core {cores.server}, load and databases on core {cores.load}", flush=True)
    os.sched_setaffinity(0, {cores.load})
    chosen = list(_SHAPES) if options.shape == "both" else [options.shape]
    figures = list(_measure_all(chosen, pace, cores))
    print(closing(figures))


def _measure_all(chosen: list[str], pace: Pace, cores: Cores) -> Iterator[Figure]:
    for name in chosen:
        yield from _measure_one(name, pace, cores)
    assets = list(measure_assets())
    print(f"\n{table('What every browser fetches once', assets)}\n", flush=True)
    yield from assets


def _measure_one(name: str, pace: Pace, cores: Cores) -> list[Figure]:
    began, plan = time.monotonic(), Plan()
    figures: list[Figure] = []
    with running_site(_SHAPES[name], cores, plan) as site:
        try:
            figures.extend(measure(site, plan, pace, cores))
            with running_site(_SHAPES[name], cores, plan.tenth()) as tenth:
                figures.extend(measure_search(site, tenth, pace.searches))
        except (RuntimeError, WrongAnswer) as error:
            print(f"\nThis shape could not be measured to its end: {error}")
            print(f"The server's exit code: {site.server.exit_code}; its last words:\n{site.server.said()[-2000:]}")
    title = f"{_NAMES[name]} (took {time.monotonic() - began:.0f} s)"
    print(f"\n{table(title, figures)}", flush=True)
    return figures


if __name__ == "__main__":
    main()
