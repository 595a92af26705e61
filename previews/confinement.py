"""Shuts the process in before it looks at a file: bounds on what it uses, and no way out.

Memory, time and files have limits of the system (`setrlimit`) everywhere. On Linux it also dies with whoever started
it, gives up root's powers, can start nothing, connect to nothing, signal nobody and write no file (`calls`), and reads
no other files than programs and fonts (`landlock`); where Landlock is missing, none at all.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from previews.calls import forbid_calls
from previews.landlock import allow_reading_only
from previews.limits import Limits

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITIES_VERSION = 0x20080522
_OPEN_FILES = 32
READABLE = (Path("/usr"), Path("/lib"), Path("/lib64"), Path(sys.prefix), Path(sys.base_prefix))


def bound(limits: Limits) -> None:
    """What this process may use, and that it dies with its parent. Done first, before anything large is loaded."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
    ):
        with contextlib.suppress(ValueError, OSError):  # a system that does not know it, or is stricter already
            resource.setrlimit(kind, (most, most))
    os.nice(10)
    if sys.platform == "linux":
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)
        with contextlib.suppress(OSError):  # the system takes this one first when memory runs out
            Path("/proc/self/oom_score_adj").write_text("1000")


def close(limits: Limits) -> None:
    """From here on nothing can be opened but programs and fonts, and nothing started or reached."""
    if sys.platform != "linux":
        return
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _give_up_powers()
    may_read = limits.reads_files and allow_reading_only(READABLE)
    forbid_calls(may_read=may_read)


def _give_up_powers() -> None:
    """Root's, where it was started by root: limits could be raised with them."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(head), ctypes.byref(none))


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), name)
