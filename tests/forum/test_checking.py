"""`python -m forum check` names the row of the audit log in which one byte is another, beside a running server."""

import pytest
from sqlalchemy import update

from forum.tables import audit_rows
from tests.forum.threads.village import open_village
from tests.servers.confer import CommandFailed, ConferServer


async def test_one_byte_in_the_audit_log_is_told_with_its_row(own_server: ConferServer) -> None:
    village = open_village(own_server)
    try:
        amara, ben = await village.people("Amara Okafor", "Ben Ito")
        place = await village.network(amara, [ben])
        own_server.command("check")
        third = (audit_rows.c.chain == place.id) & (audit_rows.c.number == 3)
        async with village.state.transaction() as tx:
            await tx.execute(update(audit_rows).where(third).values(role="moderatoR"))
        with pytest.raises(CommandFailed, match=r"code 1\n") as told:
            own_server.command("check")
        assert (
            f"The audit log of the network “{place.name}” ({place.id}) is not as it was written: row 3 was changed"
            in str(told.value)
        )
    finally:
        await village.close()
