"""A server holds what it uses: what libraries load besides is left out, and what other commands use is not loaded."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from ground.leaving_out import UNUSED, leave_out_what_is_unused

LOADED = """
import json, sys
from ground.leaving_out import leave_out_what_is_unused
leave_out_what_is_unused()
import forum.command_line, realtime.brokers.redis
from sqlalchemy.ext.asyncio import AsyncSession
try:
    AsyncSession()
except TypeError as error:
    print(json.dumps([str(error), sorted(sys.modules)]))
"""


def test_a_server_holds_what_it_uses() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    refusal, loaded = json.loads(told.stdout)
    assert refusal == "AsyncSession is left out of this process by ground.leaving_out."
    idle = {"sqlalchemy.orm", "click", "multiprocessing", "alembic", "aiosmtplib", "pygments.lexers", "tarfile"}
    assert idle & set(loaded) == set()
    # What the worker alone has, and what the pages: a process without them holds none of it.
    assert {
        "forum.routes",
        "forum.work",
        "forum.mailing",
        "forum.accounts.worker",
        "forum.seeds",
        "forum.backup",
    } & set(loaded) == set()


@pytest.mark.parametrize("name", UNUSED)
def test_what_is_left_out_is_there_to_be_left_out(name: str) -> None:
    """A library that renames it would be loaded whole again, and nobody would notice."""
    assert find_spec(name) is not None


def test_what_is_loaded_stays() -> None:
    for name in UNUSED:
        find_spec(name)  # loads the library, and by that the module
    before = dict(sys.modules)
    leave_out_what_is_unused()
    assert sys.modules == before
