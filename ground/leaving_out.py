"""What libraries load and nothing here uses is left out of a running process: 10 of its 100 megabytes.

A library's `__init__` loads all that it offers. Stand-ins take the place of those modules that would never be
called: names can be imported from them, and whoever uses one gets a TypeError. It must be done before the
library is imported, so it is the first thing that `python -m forum` does. Tests import the libraries whole.
"""

import sys
from types import ModuleType

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
    # Drivers of PostgreSQL that are neither ours nor SQLAlchemy's first choice.
    "sqlalchemy.dialects.postgresql.pg8000",
    "sqlalchemy.dialects.postgresql.psycopg2",
)


class _StandIn(ModuleType):
    """A module with every name that one asks it for, each a class that cannot be used."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__new__": _refuse})


def _refuse(cls: type, *_: object, **__: object) -> object:
    raise TypeError(f"{cls.__name__} is left out of this process by {__name__}.")


def leave_out_what_is_unused() -> None:
    """Put stand-ins where nothing is loaded yet."""
    for name in UNUSED:
        sys.modules.setdefault(name, _StandIn(name))
