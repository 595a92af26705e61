"""A server holds what it uses: what libraries load besides is left out, and what other commands use is not loaded."""

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from ground.leaving_out import MUTE, UNUSED, leave_out_what_is_unused, without_docstrings

LOADED = """
import json, sys
from ground.leaving_out import leave_out_what_is_unused
leave_out_what_is_unused()
import forum.command_line, realtime.brokers.redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
try:
    AsyncSession()
except TypeError as error:
    print(json.dumps([str(error), select.__doc__, forum.database.__doc__, sorted(sys.modules)]))
"""

WORDY = '''
"""What this module is for, in more than forty characters."""

class Kept:
    """What this class is for, in more than forty characters."""

    text = "A text of more than forty characters that stays."

    def say(self):
        """What this function is for, in more than forty characters."""
        assert self.text
        return [each for each in ("Another text of more than forty characters.", self.text)]

    def repeat(self):
        "So short that it may be needed"
        return "So short that it may be needed"
'''

OURS = '''
class PostMade:
    """A kind of event, as the page about the API explains it."""

async def api_make_post(request):
    """What a program is told of this address of the API."""

def make_post():
    """What whoever reads the code is told of this function."""
'''


def test_a_server_holds_what_it_uses() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    refusal, library_says, we_say, loaded = json.loads(told.stdout)
    assert library_says is None
    assert we_say is None
    assert refusal == "AsyncSession is left out of this process by ground.leaving_out."
    idle = {"sqlalchemy.orm", "click", "multiprocessing", "alembic", "aiosmtplib", "pygments.lexers", "tarfile"}
    idle |= {"wrapt", "pygments.formatters.html", "email.policy"}
    assert idle & set(loaded) == set()
    # One kind of database is used, and the driver of the other would be loaded for nothing.
    assert {"asyncpg", "aiosqlite", "sqlite3"} & set(loaded) == set()
    # What the worker alone has, and what the pages: a process without them holds none of it.
    assert {
        "forum.routes",
        "forum.work",
        "forum.mailing",
        "forum.sending",
        "forum.accounts.worker",
        "forum.seeds",
        "forum.backup",
    } & set(loaded) == set()


def test_code_does_the_same_without_docstrings() -> None:
    told: dict[str, Any] = {"__name__": "wordy"}
    exec(without_docstrings(compile(WORDY, "wordy.py", "exec")), told)
    kept = told["Kept"]()
    assert (told["__doc__"], kept.__doc__, kept.say.__doc__) == (None, None, None)
    assert kept.say() == ["Another text of more than forty characters.", kept.text]
    assert kept.repeat() == "So short that it may be needed"
    kept.text = ""
    with pytest.raises(AssertionError):
        kept.say()


@pytest.mark.parametrize("name", [*UNUSED, *MUTE])
def test_what_is_left_out_is_there_to_be_left_out(name: str) -> None:
    """A library that renames it would be loaded whole again, and nobody would notice."""
    assert find_spec(name) is not None


def test_what_the_page_about_the_api_shows_is_kept() -> None:
    ours: dict[str, Any] = {"__name__": "ours"}
    exec(without_docstrings(compile(OURS, "ours.py", "exec"), is_ours=True), ours)
    assert ours["PostMade"].__doc__ == "A kind of event, as the page about the API explains it."
    assert ours["api_make_post"].__doc__ == "What a program is told of this address of the API."
    assert ours["make_post"].__doc__ is None


def test_what_is_loaded_stays() -> None:
    for name in (*UNUSED, *MUTE):
        find_spec(name)  # loads the library, and by that the module
    before = dict(sys.modules)
    leave_out_what_is_unused()
    assert sys.modules == before
