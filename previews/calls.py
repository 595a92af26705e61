"""seccomp: calls of the system that a reader of files never needs fail with "not permitted", for good.

A filter is a small program for the kernel, one instruction after the other: load a word, compare, jump or return.
On an architecture whose numbers don't stand below there is no filter.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Mapping

_PR_SET_SECCOMP, _FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
_MISSING = 0x00050000 | errno.ENOSYS
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_LOW_HALF = 0 if sys.byteorder == "little" else 4
_OTHER_NUMBERS = 0x40000000
_THREAD = 0x00010000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_CLONE, _OPEN, _OPENAT = (56, 220), (2, None), (257, 56)
_ASKED_OTHERWISE = ((435, 435), (437, 437))
"""clone3 and openat2: their arguments lie where no filter looks. Where they seem to be missing, older ones are used."""

_REFUSED: Mapping[str, tuple[tuple[int | None, int | None], ...]] = {
    "fork, vfork, execve, execveat": ((57, None), (58, None), (59, 221), (322, 281)),
    "socket, connect, accept": ((41, 198), (42, 203), (43, 202), (288, 242)),
    "sendto, recvfrom, sendmsg, recvmsg": ((44, 206), (45, 207), (46, 211), (47, 212), (307, 269), (299, 243)),
    "shutdown, bind, listen, socketpair": ((48, 210), (49, 200), (50, 201), (53, 199)),
    "kill, tkill, tgkill, pidfds": ((62, 129), (200, 130), (234, 131), (424, 424), (434, 434), (438, 438)),
    "ptrace, the memory of others": ((101, 117), (310, 270), (311, 271), (440, 440)),
    "creat, truncate, rename": ((85, None), (76, 45), (82, None), (264, 38), (316, 276)),
    "mkdir, rmdir, mknod": ((83, None), (84, None), (133, None), (258, 34), (259, 33)),
    "link, symlink, unlink": ((86, None), (88, None), (87, None), (265, 37), (266, 36), (263, 35)),
    "chmod, chown": ((90, None), (91, 52), (268, 53), (452, 452), (92, None), (93, 55), (94, None), (260, 54)),
    "times and attributes of files": ((132, None), (235, None), (261, None), (280, 88), (188, 5), (189, 6), (190, 7)),
    "files by handle": ((304, 265),),
    "whose process it is": ((105, 146), (106, 144), (113, 145), (114, 143), (117, 147), (119, 149)),
    "limits": ((160, 164), (302, 261)),
    "other roots and namespaces": ((161, 51), (155, 41), (165, 40), (166, 39), (272, 97), (308, 268)),
    "the kernel itself": ((175, 105), (313, 273), (176, 106), (321, 280), (298, 241), (323, 282)),
    "keys, queues, io_uring": ((248, 217), (249, 218), (250, 219), (240, 180), (425, 425)),
}
"""By what they do: the number on x86_64 and on aarch64, None where it is not known there."""

_ARCHITECTURES: Mapping[str, tuple[int, int]] = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def forbid_calls(*, may_read: bool) -> bool:
    """From here on nothing can be started, reached, signalled or written; files can be opened to read if `may_read`."""
    if platform.machine() not in _ARCHITECTURES:
        return False
    code = _filter(*_ARCHITECTURES[platform.machine()], may_read)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return True


def _filter(column: int, architecture: int, may_read: bool) -> bytes:
    refuse, allow = _step(_RETURN, _REFUSE), _step(_RETURN, _ALLOW)
    lines = [_load(_ARCHITECTURE), _step(_EQUAL, architecture, 1, 0), _step(_RETURN, _KILL), _load(_NUMBER)]
    lines += [_step(_AT_LEAST, _OTHER_NUMBERS, 0, 1), refuse]
    for numbers in (call for calls in _REFUSED.values() for call in calls):
        lines += _when(numbers[column], [refuse])
    for numbers in _ASKED_OTHERWISE:
        lines += _when(numbers[column], [_step(_RETURN, _MISSING)])
    for numbers, place in ((_OPEN, 1), (_OPENAT, 2)):
        to_read = [_argument(place), _step(_ANY_BIT, _WRITES, 0, 1), refuse, allow]
        lines += _when(numbers[column], to_read if may_read else [refuse])
    lines += _when(_CLONE[column], [_argument(0), _step(_ANY_BIT, _THREAD, 1, 0), refuse, allow])
    return b"".join([*lines, allow])


def _when(number: int | None, then: list[bytes]) -> list[bytes]:
    """`then` where the call has this number; it must return."""
    if number is None:
        return []
    return [_step(_EQUAL, number, 0, len(then)), *then]


def _load(offset: int) -> bytes:
    return _step(_LOAD, offset)


def _argument(place: int) -> bytes:
    """The lower half of an argument: flags fit in it."""
    return _load(_ARGUMENTS + 8 * place + _LOW_HALF)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
