"""That the list of members was taken away as a file is written down before it is sent."""

from forum.audit import Deed, record
from forum.network_reads import get_administered
from forum.records import Network
from forum.viewer import Viewer
from realtime.transaction import Transaction


async def note_export(tx: Transaction, viewer: Viewer, slug: str) -> Network:
    """Note the export; the network. Raises NotFound or Forbidden."""
    network = await get_administered(tx.connection, viewer, slug)
    deed = Deed(
        "members.exported", "network", network.id, network.id, viewer.id, after={"members": network.member_count}
    )
    await record(tx, deed)
    return network
