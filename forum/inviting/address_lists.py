"""E-mail addresses as people paste them: from a mail program, a list, a page, a table, with names or without."""

from collections.abc import Sequence

from forum.inviting.address_tables import MOST_ENTRIES, read_table
from forum.inviting.entries import Entry, read_entry
from forum.inviting.plain_lists import read_plain


class TooManyEntries(ValueError):
    """The list is longer than we take at once; the text is a sentence."""


def read_addresses(text: str) -> list[Entry]:
    """The entries of a table with columns, or those between lines, commas and semicolons.

    `Anna Ek <anna@example.org>`, `"Ek, Anna" <…>`, `Ek, Anna <…>` and `mailto:…` are each one address; what stands
    in quotation marks behind `<…>` is the organisation. Raises TooManyEntries.
    """
    text = text.replace("\0", "").removeprefix("\ufeff")
    entries: list[Entry] = []
    for entry in read_table(text) or read_plain(text):
        entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise TooManyEntries(
                f"There are more than {MOST_ENTRIES:,} entries here. Paste at most {MOST_ENTRIES:,} at once."
            )
    return entries


def written(entries: Sequence[Entry]) -> str:
    """A list that `read_addresses` reads as these entries, one on each line."""
    return "\n".join(map(_written, entries))


def _written(entry: Entry) -> str:
    if entry.is_guessed and _same(read_entry(entry.guessed_from), entry):
        return entry.guessed_from  # so that it stays a guess
    place = entry.guessed_from if entry.is_guessed and not set(entry.guessed_from) & set('<>"') else entry.address
    if not place and not entry.organisation:
        return entry.name or entry.typed
    name = f'"{entry.name}" ' if entry.name else ""
    organisation = f' "{entry.organisation}"' if entry.organisation else ""
    return f"{name}<{place}>{organisation}" if name or organisation else place or entry.typed


def _same(one: Entry, other: Entry) -> bool:
    is_one_line = not set(other.guessed_from) & set(",;\t\r\n")
    return is_one_line and (one.address, one.name, one.organisation) == (other.address, other.name, other.organisation)
