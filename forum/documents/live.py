"""What the events of documents and folders show: the API's objects."""

from collections.abc import Mapping, Sequence

from forum.documents.folder_queries import list_heard_folders
from forum.documents.presenting import api_document, api_folder
from forum.documents.queries import list_heard
from forum.state import State
from realtime.questions import Presented


async def present_documents(
    state: State, ids: Sequence[str], *, by_moderators: bool = False
) -> Mapping[str, Presented]:
    """Documents as they now stand, of which everybody hears who hears the network's stream."""
    async with state.database.read() as connection:
        found = await list_heard(connection, ids, by_moderators=by_moderators)
    return {each.id: Presented(api_document(each, state.settings.public_url)) for each in found}


async def present_narrowed_documents(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: those of which the network's stream does not tell."""
    return await present_documents(state, ids, by_moderators=True)


async def present_folders(state: State, ids: Sequence[str], *, by_moderators: bool = False) -> Mapping[str, Presented]:
    """Folders as they now stand."""
    async with state.database.read() as connection:
        found = await list_heard_folders(connection, ids, by_moderators=by_moderators)
    return {each.id: Presented(api_folder(each, state.settings.public_url)) for each in found}


async def present_narrowed_folders(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """For moderators: those of which the network's stream does not tell."""
    return await present_folders(state, ids, by_moderators=True)


async def present_gone(state: State, ids: Sequence[str]) -> Mapping[str, Presented]:
    """What is not there for these readers any more: ids that they knew, and nothing else."""
    return {each: Presented({"id": each}) for each in ids}


PRESENTERS = {
    "document.added": present_documents,
    "version.added": present_documents,
    "version.prepared": present_documents,
    "document.changed": present_documents,
    "document.withdrawn": present_documents,
    "document.restored": present_documents,
    "document.gone": present_gone,
    "folder.changed": present_folders,
    "folder.gone": present_gone,
}

_NARROWED = {kind: present_narrowed_documents for kind, present in PRESENTERS.items() if present is present_documents}
TO_MODERATORS = {**_NARROWED, "folder.changed": present_narrowed_folders}
"""On the stream of a network's moderators these kinds tell of what its own stream does not tell of."""
