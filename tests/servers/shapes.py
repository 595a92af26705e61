"""The two shapes in which Confer runs, and what a test needs to know of one."""

import os
from dataclasses import dataclass
from pathlib import Path

SQLITE_MEMORY = "sqlite-memory"
POSTGRES_REDIS = "postgres-redis"
SHAPES = (SQLITE_MEMORY, POSTGRES_REDIS)
EVERY_SHAPE = os.environ.get("EVERY_SHAPE") == "1"
"""Whether tests that take turns, too, run on both shapes each time, and whoever takes turns asks everywhere."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where to find a new, empty database and an empty Redis (None: the broker in memory)."""

    name: str
    database_url: str
    redis_url: str | None
    data_dir: Path
