"""What an address of PostgreSQL says after its `?` counts for every connection, as it does for `psql`."""

import pytest
from sqlalchemy import text

from forum.database import is_unavailable, open_database
from forum.migrate import migrate
from forum.viewer import signed_out_viewer


@pytest.mark.parametrize("mode", ["disable", "prefer"])
async def test_way_of_encryption_may_be_said(fresh_postgres_url: str, mode: str) -> None:
    database = open_database(f"{fresh_postgres_url}?sslmode={mode}")
    await migrate(database)
    async with database.read() as connection:
        assert await connection.scalar(text("SHOW synchronous_commit")) == "on"
        assert await connection.scalar(text("SHOW application_name")) == "confer"
    assert (await signed_out_viewer(database)).epoch  # a hot read
    await database.dispose()


async def test_encryption_that_is_asked_for_is_not_done_without(fresh_postgres_url: str) -> None:
    """This server has none."""
    database = open_database(f"{fresh_postgres_url}?sslmode=require")
    with pytest.raises(OSError, match="SSL") as refused:
        async with database.read():
            pass
    assert is_unavailable(refused.value)
    with pytest.raises(OSError, match="SSL"):
        await signed_out_viewer(database)
    await database.dispose()
