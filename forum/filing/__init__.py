"""What slices ask of the store inside their transactions: that a file is named, and that there is room for it.

A file comes in three steps, each of which may be the last: its bytes are in the store (`state.files`), its row is in
`blobs` (`keep`), something of a slice names the row. What never got to the third is let go of after a day.
"""

from forum.filing.checking import file_check, hold_back_file, hold_back_version, version_check
from forum.filing.keeping import keep
from forum.filing.room import (
    Room,
    ask_disk,
    ask_own,
    ask_part,
    ask_room,
    charge,
    find_coming_bytes,
    find_room,
    find_site_room,
    find_withdrawn_bytes,
    give_back,
    most_words,
    room_words,
)
from forum.filing.taking import Taken, take_brought, take_upload

__all__ = [
    "Room",
    "Taken",
    "ask_disk",
    "ask_own",
    "ask_part",
    "ask_room",
    "charge",
    "file_check",
    "find_coming_bytes",
    "find_room",
    "find_site_room",
    "find_withdrawn_bytes",
    "give_back",
    "hold_back_file",
    "hold_back_version",
    "keep",
    "most_words",
    "room_words",
    "take_brought",
    "take_upload",
    "version_check",
]
