"""How failures are told in the log: what and where, without the words that an exception may carry."""

import traceback
from pathlib import PurePath


def brief(error: BaseException) -> str:
    """The kind of an error and the line that raised it, as `TimeoutError at rights.py:61`."""
    frames = traceback.extract_tb(error.__traceback__)
    return (
        f"{type(error).__name__} at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}"
        if frames
        else (type(error).__name__)
    )
