"""Folders as a form lists them."""

from dataclasses import dataclass

from forum.documents.folder_queries import Tree
from forum.policy import may_share
from forum.viewer import Viewer

TOP = "The library itself"


@dataclass(frozen=True, slots=True)
class Choice:
    """A folder into which something may go: the value of the field, and the way to it in words."""

    value: str
    words: str


def choices(viewer: Viewer, tree: Tree, *, but: frozenset[str] = frozenset()) -> list[Choice]:
    """The folders to which this viewer may add, by the way to each; first the library itself."""
    found = [Choice("", TOP)]
    listed = []
    for folder in tree.by_id.values():
        if folder.id not in but and may_share(viewer, folder.network_id, folder):
            words = " › ".join(each.name for each in tree.way_to(folder.id))
            listed.append(Choice(folder.id, words + (" (moderators only)" if folder.is_narrowed else "")))
    return found + sorted(listed, key=lambda choice: choice.words.casefold())
