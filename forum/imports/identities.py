"""Who wrote the messages of an archive: one account for each address, or for each name where no address is left."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from auth.emails import NOBODYS_DOMAIN, normalise_email
from auth.names import clean_name
from forum.imports.mbox import ParsedMessage

UNKNOWN = "Name not known"

# What programs that hide addresses put before the @.
_DIGEST = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{12,}")


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote in an archive: the address of their account, and the name they are shown by."""

    email: str
    name: str


def author_key(message: ParsedMessage, network_id: str) -> str:
    """What tells authors apart: the address by which accounts are found, or one made of the name.

    A name alone counts in one network only: Maria there need not be Maria here.
    """
    if message.author_address:
        try:
            return normalise_email(message.author_address)
        except ValueError:
            pass  # an address that was mangled on its way still tells two people apart
    told = message.author_address or " ".join(message.author_name.split()).casefold() or "unknown"
    digest = hashlib.sha256(f"{network_id}\n{told}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{digest}@{NOBODYS_DOMAIN}"


def authors_of(messages: Iterable[ParsedMessage], network_id: str) -> dict[str, Author]:
    """The authors of these messages by their keys, each with the name that they used most.

    Several of whom no name is known are counted, so that they do not look like one person.
    """
    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    addresses: dict[str, str] = {}
    for message in messages:
        key = author_key(message, network_id)
        used[key][message.author_name] += 1
        addresses[key] = message.author_address
    authors: dict[str, Author] = {}
    nameless = 0
    for key, names in used.items():
        name = _usual_name(names)
        if name == UNKNOWN:
            name = _name_in(addresses[key])
        nameless += name == UNKNOWN
        is_another = name == UNKNOWN and nameless > 1
        authors[key] = Author(key, f"{UNKNOWN} ({nameless})" if is_another else name)
    return authors


def _name_in(address: str) -> str:
    """What stands before the @, where that was not made up to hide somebody."""
    written = address.partition("@")[0]
    return UNKNOWN if _DIGEST.fullmatch(written) else shown_name(written)


def _usual_name(names: Counter[str]) -> str:
    """The name used most; of several the fuller one."""
    shown: Counter[str] = Counter()
    for name, count in names.items():
        shown[shown_name(name)] += count
    return max(shown, key=lambda name: (name != UNKNOWN, shown[name], len(name), name))


def shown_name(written: str) -> str:
    """The name as an account may bear it; words that mix alphabets to look like others are left out.

    What holds an @ is an address in disguise, or what an archive made of one.
    """
    for name in (written, " ".join(word for word in written.split() if _is_fit(word))):
        try:
            return clean_name(name) if "@" not in name else UNKNOWN
        except ValueError:
            continue
    return UNKNOWN


def _is_fit(word: str) -> bool:
    try:
        return bool(clean_name(word))
    except ValueError:
        return False
