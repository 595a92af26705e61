"""How this process takes memory from the system."""

import ctypes

_ARENA_MAX = -8
"""The name that glibc's `malloc.h` has for it."""


def share_one_arena() -> None:
    """Let all threads take memory from one place: with one for each, 6 MB lie about in pieces that no other can use.

    Python lets one thread at a time run, so they hardly wait for each other. Where the C library is not glibc, nothing
    happens.
    """
    try:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
    except (AttributeError, OSError, TypeError):
        return
