"""A log or a list is taken away as a file: that is an act too, and written down before the file is sent."""

from forum.audit import Deed, record
from forum.audit_log.asked_queries import Asked
from forum.audit_log.log_queries import chain_of
from forum.records import Network
from forum.viewer import Viewer
from realtime.transaction import Transaction


async def note_export(tx: Transaction, viewer: Viewer, network: Network | None, form: str) -> None:
    """The log is about to be sent. Raises Forbidden for who may not read it."""
    chain = chain_of(viewer, network)
    kind, network_id = ("site", None) if network is None else ("network", network.id)
    await record(
        tx,
        Deed("log.exported", kind, chain, network_id, viewer.id, after={"form": form}),  # type: ignore[arg-type]
    )


async def note_audience(tx: Transaction, viewer: Viewer, network: Network, about: Asked, at: str) -> None:
    """The list of who could see a thread or a document at a moment is about to be sent. Raises Forbidden."""
    chain_of(viewer, network)
    names = {"title": about.title}
    deed = Deed("audience.exported", about.noun, about.id, network.id, viewer.id, after={"at": at}, names=names)
    await record(tx, deed)
