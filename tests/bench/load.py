"""wrk: as many requests as the server can answer, for a bounded time, against this machine only."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.client import WrongAnswer

_FOLDER = Path(__file__).parent
CONNECTIONS = 32
_SLACK = 0.03
"""How far the mean size of the answers may be from that of the sample: some are cut at the end."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers came in a second, and how large they were on average."""

    rate: float
    requests: int
    mean_size: float

    def check_size(self, expected: int) -> None:
        """Raises WrongAnswer where the answers cannot all have been like the sample, which had `expected` bytes."""
        if abs(self.mean_size - expected) > expected * _SLACK + 8:
            raise WrongAnswer(f"answers had {self.mean_size:.0f} bytes on average, the sample {expected}")


def program() -> str:
    """The path of wrk."""
    found = shutil.which("wrk")
    if not found:
        raise RuntimeError("wrk is missing: `make bench` installs it, or says how to")
    return found


def get_load(port: int, path: str, headers: Mapping[str, str], seconds: int) -> Load:
    """GET one path over `CONNECTIONS` connections for so many whole seconds. Raises WrongAnswer."""
    return _run(port, path, headers, seconds, CONNECTIONS, 1, "summary.lua", {})


def reply_load(port: int, path: str, tokens: Sequence[str], body: str, seconds: int) -> Load:
    """POST replies, as many at once as there are tokens, for so many whole seconds. Raises WrongAnswer."""
    environment = {
        "BENCH_SUMMARY": str(_FOLDER / "summary.lua"),
        "BENCH_TOKENS": " ".join(tokens),
        "BENCH_PATH": path,
        "BENCH_BODY": json.dumps({"body": body}),
        "BENCH_RUN": secrets.token_hex(6),
    }
    return _run(port, path, {}, seconds, len(tokens), len(tokens), "replies.lua", environment)


def _run(
    port: int,
    path: str,
    headers: Mapping[str, str],
    seconds: int,
    connections: int,
    threads: int,
    script: str,
    environment: Mapping[str, str],
) -> Load:
    command = [
        program(),
        f"-t{threads}",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(_FOLDER / script),
    ]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"],
        env=os.environ | dict(environment),
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
    return read_summary(lines[-1])


def read_summary(line: str) -> Load:
    """What `summary.lua` wrote. Raises WrongAnswer where an answer was refused, or did not come."""
    counted = json.loads(line)
    if counted["refused"] or counted["broken"] or not counted["requests"]:
        raise WrongAnswer(
            f"of {counted['requests']} answers {counted['refused']} were refusals; {counted['broken']} did not come"
        )
    requests = counted["requests"]
    return Load(requests / counted["microseconds"] * 1_000_000, requests, counted["bytes"] / requests)
