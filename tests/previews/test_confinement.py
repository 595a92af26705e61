"""Once it is shut in, the process can do nothing but read what it was given, whatever runs in it."""

import json
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from previews.limits import LIMITS
from tests.previews.making import written

_TRY = """
import json, os, signal, socket, subprocess, sys, threading
from previews import confinement
from previews.limits import Limits

path, fonts, limits = sys.argv[1], sys.argv[2], Limits(**json.loads(sys.argv[3]))
held = os.open(path, os.O_RDONLY)
confinement.bound(limits)
confinement.close(limits)

def open_for(flags):
    return lambda: os.open(path, flags)

ACTS = {
    "read the file by its path": open_for(os.O_RDONLY),
    "write it": open_for(os.O_WRONLY),
    "reach it by what is held": lambda: os.open(f"/proc/self/fd/{held}", os.O_RDWR),
    "change what is held": lambda: os.fchmod(held, 0o777),
    "date what is held": lambda: os.utime(held, (0, 0)),
    "read accounts": lambda: open("/etc/passwd").read(),
    "read another's memory": lambda: open(f"/proc/{os.getppid()}/environ").read(),
    "make a file": lambda: os.open("/tmp/made", os.O_CREAT | os.O_WRONLY),
    "make a folder": lambda: os.mkdir("/tmp/made-folder"),
    "rename": lambda: os.rename(path, path + "x"),
    "remove": lambda: os.unlink(path),
    "link": lambda: os.symlink(path, path + "y"),
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "a socket of any kind": lambda: socket.socket(socket.AF_UNIX),
    "fork": os.fork,
    "start a program": lambda: os.execv("/bin/true", ["true"]),
    "a program and wait": lambda: subprocess.run(["/bin/true"]),
    "signal its parent": lambda: os.kill(os.getppid(), signal.SIGCONT),
    "signal itself": lambda: os.kill(os.getpid(), signal.SIGCONT),
    "raise a limit": lambda: __import__("resource").setrlimit(4, (1 << 20, 1 << 20)),
    "become somebody": lambda: os.setuid(0),
    "read a font": lambda: os.close(os.open(fonts, os.O_RDONLY)),
    "read what it holds": lambda: os.pread(held, 5, 0),
    "a thread": lambda: threading.Thread(target=int).start(),
}
told = {}
for name, act in ACTS.items():
    try:
        act()
        told[name] = "done"
    except Exception as error:
        told[name] = type(error).__name__
print(json.dumps(told))
"""
_READS = {"read what it holds", "a thread"}
_NEEDS_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shuts a process in like this")


def attempts(folder: Path, *, reads_files: bool) -> dict[str, str]:
    """What each act came to."""
    limits = json.dumps(asdict(replace(LIMITS, reads_files=reads_files)))
    font = str(Path(sys.base_prefix, "lib", f"python3.{sys.version_info.minor}", "os.py"))
    told = subprocess.run(
        [sys.executable, "-c", _TRY, str(written(folder, b"hello")), font, limits],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(json.loads(told.stdout))


@_NEEDS_LINUX
def test_it_reads_programs_and_fonts_and_does_nothing_else(tmp_path: Path) -> None:
    told = attempts(tmp_path, reads_files=True)
    assert {name for name, came in told.items() if came == "done"} == {*_READS, "read a font"}
    assert set(told.values()) == {"done", "PermissionError", "ValueError"}  # the last: what `setrlimit` makes of it
    assert (tmp_path / "file").read_bytes() == b"hello"


@_NEEDS_LINUX
def test_without_landlock_it_reads_no_file_at_all(tmp_path: Path) -> None:
    told = attempts(tmp_path, reads_files=False)
    assert {name for name, came in told.items() if came == "done"} == _READS


@_NEEDS_LINUX
def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    starts = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import sys, time; from previews import confinement; "
        "from previews.limits import LIMITS; confinement.bound(LIMITS); print(1, flush=True); time.sleep(60)'],"
        " stdout=subprocess.PIPE, start_new_session=True)\n"
        "child.stdout.read(1)\nprint(child.pid, flush=True)\nos._exit(0)\n"
    )
    told = subprocess.run([sys.executable, "-c", starts], capture_output=True, text=True, check=True, timeout=30)
    status = Path(f"/proc/{told.stdout.strip()}/status")
    until = time.monotonic() + 10  # the signal is on its way as the parent ends
    while status.exists() and "State:\tZ" not in status.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
