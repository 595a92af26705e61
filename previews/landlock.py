"""Landlock: the kernel lets this process read below some folders, and open, write or make nothing elsewhere."""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_ASK_VERSION = 1
_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_ALL_FILE_ACTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_NEWEST_FILE_ACTS = (1 << 16) - 1
_TCP_ACTS = 3


def allow_reading_only(folders: Iterable[Path]) -> bool:
    """Shut off all files but these, for reading; False where this kernel has no Landlock, and nothing is shut off."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    rules = struct.pack("=Q", _ALL_FILE_ACTS.get(version, _NEWEST_FILE_ACTS))
    if version >= 4:
        rules += struct.pack("=Q", _TCP_ACTS)
    fence = _checked(libc.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), 0))
    try:
        for folder in {path.resolve() for path in folders if path.is_dir()}:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", _READ_FILE | _READ_FOLDER, place)
            _checked(libc.syscall(_ADD, fence, _BENEATH, rule, 0))
            os.close(place)
        _checked(libc.syscall(_RESTRICT, fence, 0))
    finally:
        os.close(fence)
    return True


def _checked(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return answer
