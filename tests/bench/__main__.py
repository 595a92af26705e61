"""`python -m tests.bench`: measure, print, and say how many figures were reached. Loads this machine only."""

import argparse
import os
import time
from collections.abc import Collection, Iterator

from tests.bench import load
from tests.bench.client import WrongAnswer
from tests.bench.data import Plan
from tests.bench.figures import Figure, closing, table
from tests.bench.files import measure_files
from tests.bench.machine import Cores, choose_cores, processor
from tests.bench.measuring import FULL, QUICK, Pace, measure, measure_assets
from tests.bench.searches import measure_search
from tests.bench.sites import Site, running_site
from tests.servers.shapes import POSTGRES_REDIS, SQLITE_MEMORY

PARTS = ("load", "search", "files")
_NAMES = {"postgres": "PostgreSQL and Redis", "sqlite": "SQLite, the broker in the process"}
_SHAPES = {"postgres": POSTGRES_REDIS, "sqlite": SQLITE_MEMORY}


def main() -> None:
    """Read the options and measure what they ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--shape", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first look in a minute and a half")
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="a part of the lines; may be given several times"
    )
    options = parser.parse_args()
    load.program()
    cores, pace = choose_cores(), QUICK if options.quick else FULL
    if cores.server == cores.load:
        print("There is one core only: the server shares it with the load, and every rate is lower for it.")
    print(f"{processor()}; the server on core {cores.server}, load and databases on core {cores.load}", flush=True)
    os.sched_setaffinity(0, {cores.load})
    chosen = list(_SHAPES) if options.shape == "both" else [options.shape]
    figures = list(_measure_all(chosen, pace, cores, options.only or PARTS))
    print(closing(figures))


def _measure_all(chosen: list[str], pace: Pace, cores: Cores, parts: Collection[str]) -> Iterator[Figure]:
    for name in chosen:
        yield from _measure_one(name, pace, cores, parts)
    if "load" not in parts:
        return
    assets = list(measure_assets())
    print(f"\n{table('What every browser fetches once', assets)}\n", flush=True)
    yield from assets


def _measure_one(name: str, pace: Pace, cores: Cores, parts: Collection[str]) -> list[Figure]:
    began, plan = time.monotonic(), Plan()
    figures: list[Figure] = []
    with running_site(_SHAPES[name], cores, plan) as site:
        try:
            for part in parts:
                figures.extend(_measure_part(part, site, plan, pace, cores))
        except (RuntimeError, WrongAnswer) as error:
            print(f"\nThis shape could not be measured to its end: {error}")
            print(f"The server's exit code: {site.server.exit_code}; its last words:\n{site.server.said()[-2000:]}")
    title = f"{_NAMES[name]} (took {time.monotonic() - began:.0f} s)"
    print(f"\n{table(title, figures)}", flush=True)
    return figures


def _measure_part(part: str, site: Site, plan: Plan, pace: Pace, cores: Cores) -> Iterator[Figure]:
    if part == "load":
        yield from measure(site, plan, pace, cores)
    elif part == "files":
        yield from measure_files(site, 3 if pace.rounds > 1 else 1, pace.repeats)
    else:
        with running_site(site.shape, cores, plan.tenth()) as tenth:
            yield from measure_search(site, tenth, pace.searches)


if __name__ == "__main__":
    main()
