"""What the server asks of the schema without Alembic agrees with Alembic."""

import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import forum.migrate
from forum.database import open_database
from forum.schema import SCHEMA, bring_up_to_date, is_current


def test_the_newest_step_is_the_schema() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(forum.migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA


async def test_an_empty_database_is_brought_up_to_date_once(database_url: str) -> None:
    database = open_database(database_url)
    assert not await is_current(database)
    await bring_up_to_date(database)
    assert await is_current(database)
    await bring_up_to_date(database)
    await database.dispose()


def test_a_server_does_without_alembic() -> None:
    loaded = "import sys, forum.command_line; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
