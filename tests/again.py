"""`python -m tests.again CODE`: tests that failed beside all others are run once more, alone, three times.

Where four workers share two cores, a test among thousands comes too late now and then, and says nothing of Confer.
One that fails alone too is broken. What promises that nothing leaks and nothing is lost gets no second try: there
"now and then" is what is looked for. Whatever comes of it, the failure of the first run stands in what was printed.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FAILED = 1
"""Pytest's code for tests that failed; any other means that it could not run them to the end."""
FEW = 3
TIMES = 3
ONCE_ONLY = ("tests/privacy/", "tests/faults/", "tests/realtime/", "tests/architecture/")
LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")


def why_not(code: int, failed: Sequence[str]) -> str:
    """Why these are not run again; empty where they are."""
    if code != FAILED or not failed:
        return "The tests did not run to their end."
    if len(failed) > FEW:
        return f"{len(failed)} tests failed, more than come too late by chance."
    if once := [each for each in failed if each.startswith(ONCE_ONLY)]:
        return f"Where nothing may leak or be lost there is no second try: {', '.join(once)}"
    return ""


def main(code: int) -> int:
    """Run again what failed last; returns an exit code."""
    failed = list(json.loads(LAST_FAILED.read_text())) if LAST_FAILED.exists() else []
    if refusal := why_not(code, failed):
        print(refusal)
        return code or 1
    print("\nFailed beside the others, now alone, three times:", *failed, sep="\n  ", flush=True)
    for _ in range(TIMES):
        again = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *failed])
        if again.returncode:
            return again.returncode
    print("FAILED ONCE, PASSED ALONE:", *failed, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
