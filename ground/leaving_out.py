"""What libraries load and nothing here uses is left out of a running process: a seventh of its memory.

A library's `__init__` loads all that it offers. Stand-ins take the place of those modules that would never be
called: names can be imported from them, and whoever uses one gets a TypeError. And what libraries say of
themselves to those who read them, nobody reads in a process that runs. It must be done before a library is
imported, so it is the first thing that `python -m forum` does. Tests import the libraries whole.
"""

import sys
from collections.abc import Callable
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from opcode import opmap
from types import CodeType, ModuleType
from typing import Any

UNUSED = (
    # Sessions of the ORM, and with them the ORM itself: 6 MB.
    "sqlalchemy.ext.asyncio.scoping",
    "sqlalchemy.ext.asyncio.session",
    # uvicorn's command line and the supervisor of its processes, click and multiprocessing: 2 MB.
    "uvicorn.main",
    # Clients of a Redis Cluster, of sentinels, and of what happens to keys: 2 MB.
    "redis.cluster",
    "redis.asyncio.cluster",
    "redis.sentinel",
    "redis.asyncio.sentinel",
    "redis.keyspace_notifications",
    "redis.asyncio.keyspace_notifications",
    "redis.commands.cluster",
    # Drivers of PostgreSQL that are neither ours nor SQLAlchemy's first choice.
    "sqlalchemy.dialects.postgresql.pg8000",
    "sqlalchemy.dialects.postgresql.psycopg2",
    # Logging as a file sets it up: uvicorn asks for it, and is told to leave logging alone.
    "logging.config",
    # Counters that are kept neither in the process nor in one Redis.
    "limits.aio.storage.memcached",
    "limits.aio.storage.mongodb",
    "limits.storage.memcached",
    "limits.storage.mongodb",
    "limits.storage.redis_cluster",
    "limits.storage.redis_sentinel",
)

MUTE = ("deprecated.sphinx",)
"""Decorators that say in a library's documentation since when something is there: 1 MB with what they are made of."""

OURS = frozenset(("auth", "forum", "ground", "previews", "realtime", "tests"))
"""What keeps the docstrings that the page about the API shows: those of modules for the API, of classes (events and
what is asked and answered), and of functions for the API in other modules, whose names begin so:"""

_FOR_THE_API = "api_"

_BEGINNING = 32
"""Within so many bytes of code a docstring is stored."""

_LONG = 40
"""A docstring of more characters stands for nothing else; a shorter one might be a text that the code uses too."""

_IS_FUNCTION = 0x1
_HAS_DOCSTRING = 0x4000000
"""A flag of code since Python 3.14; before, the first constant of every function is its docstring or None."""


class _StandIn(ModuleType):
    """A module with every name that one asks it for, each a class that cannot be used."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__new__": _refuse})


def _refuse(cls: type, *_: object, **__: object) -> object:
    raise TypeError(f"{cls.__name__} is left out of this process by {__name__}.")


class _Mute(ModuleType):
    """A module with every name that one asks it for, each a maker of decorators that change nothing."""

    def __getattr__(self, name: str) -> Callable[..., Callable[[Any], Any]]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _say_nothing


def _say_nothing(*_: object, **__: object) -> Callable[[Any], Any]:
    return lambda decorated: decorated


class _Terse(SourceFileLoader):
    """Loads a module without docstrings: 6 MB, in a tenth of a second.

    As with `python -OO`, and unlike there every `assert` stays.
    """

    def get_code(self, fullname: str) -> CodeType | None:
        code = super().get_code(fullname)
        is_ours = fullname.partition(".")[0] in OURS
        if code is None or (is_ours and fullname.endswith("api")):
            return code
        return without_docstrings(code, is_ours=is_ours)


def without_docstrings(code: CodeType, *, is_ours: bool = False) -> CodeType:
    """The same code, in which neither it nor what is inside it says anything of itself; what is ours, to the API."""
    constants: list[Any] = [
        without_docstrings(each, is_ours=is_ours) if isinstance(each, CodeType) else each for each in code.co_consts
    ]
    place = None if is_ours and _is_shown(code) else _docstring(code)
    if place is not None and isinstance(constants[place], str) and len(constants[place]) > _LONG:
        constants[place] = None
    return code.replace(co_consts=tuple(constants))


def _is_shown(code: CodeType) -> bool:
    is_class = not code.co_flags & _IS_FUNCTION and code.co_name != "<module>"
    return is_class or code.co_name.startswith(_FOR_THE_API)


def _docstring(code: CodeType) -> int | None:
    """Where among the constants the docstring is, if there is one."""
    if code.co_flags & _IS_FUNCTION:
        is_marked = sys.version_info < (3, 14) or bool(code.co_flags & _HAS_DOCSTRING)
        return 0 if is_marked and code.co_consts and not code.co_name.startswith("<") else None
    # The body of a class or of a module begins with putting it under its name.
    beginning, names = code.co_code[:_BEGINNING], code.co_names
    for at in range(2, len(beginning), 2):
        load, constant, store, name = beginning[at - 2 : at + 2]
        if load == opmap["LOAD_CONST"] and store == opmap["STORE_NAME"] and names[name] == "__doc__":
            return constant
    return None


def leave_out_what_is_unused() -> None:
    """Put stand-ins where nothing is loaded yet, and load tersely whatever comes."""
    for name in UNUSED:
        sys.modules.setdefault(name, _StandIn(name))
    for name in MUTE:
        sys.modules.setdefault(name, _Mute(name))
    loaders = (
        (ExtensionFileLoader, EXTENSION_SUFFIXES),
        (_Terse, SOURCE_SUFFIXES),
        (SourcelessFileLoader, BYTECODE_SUFFIXES),
    )
    sys.path_hooks.insert(0, FileFinder.path_hook(*loaders))
    sys.path_importer_cache.clear()
