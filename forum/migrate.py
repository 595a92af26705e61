"""Make the steps of `migrations/versions` that a database lacks. Called by `schema`, which knows whether it does."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from forum.database import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _upgrade(connection: Connection, step: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, step)


async def migrate(database: Database, step: str = "head") -> None:
    """Make or change the tables until they are those of this version (or of an earlier `step`), in one transaction."""
    async with database.write() as connection:
        if database.dialect == "postgresql":
            # Two processes that start at once must not both do it: one waits here for the other.
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4201718)")
        await connection.run_sync(_upgrade, step)
