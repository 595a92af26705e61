"""`python -m tests.bench_live`: measure, print, and end with the two ratios. Loads this machine only.

With QUICK=1 only those two, in less than a minute.
"""

import os
import resource
import time

from tests.bench.machine import choose_cores, processor
from tests.bench_live.scenes import measure_all
from tests.bench_live.stage import Stage
from tests.bench_live.table import render


def main() -> None:
    """Measure what is asked for."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    began, cores, is_quick = time.monotonic(), choose_cores(), bool(os.environ.get("QUICK"))
    if cores.server == cores.load:
        print("There is one core only: the servers share it with the load, and every rate is lower for it.")
    print(f"{processor()}; each server on core {cores.server}, load and databases on core {cores.load}", flush=True)
    os.sched_setaffinity(0, {cores.load})
    with Stage(cores, readers=1000) as stage:
        one = stage.one_after_another(rounds=20 if is_quick else 24, posts=10)
        lines = stage.lines(one)
    if not is_quick:
        lines += measure_all(cores, most)
    print(render(lines))
    print(f"(took {time.monotonic() - began:.0f} s)")
    print(f"ratio_to_limit {one['Confer'].rate / one['C, epoll'].rate:.2f}")
    print(f"ratio_to_nchan {one['Confer'].rate / one['nginx + nchan'].rate:.2f}")


if __name__ == "__main__":
    main()
