"""Which addresses are usual among the members of a network, so that one that is not may be looked at twice.

A doubt that nearly everybody raises tells nothing: where addresses differ from one person to the next, none is unlike.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forum.mail_providers import is_public_provider

FEW_MEMBERS = 5
"""In a network of fewer people each domain may well be there once."""
_MOST_UNLIKE = 4
"""At most one member in so many can be unlike the others."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What addresses the members of a network usually have."""

    domains: Mapping[str, frozenset[str]]
    """Of each organisation that the network's administrators keep, by its name in small letters."""
    unlike: frozenset[str]
    """Domains that tell somebody apart from the others."""

    def is_elsewhere(self, email_key: str | None, organisation: str) -> bool:
        """Whether somebody says they are of an organisation whose domains are known, and writes from another."""
        kept = self.domains.get(organisation_key(organisation))
        return bool(kept) and not _is_of(domain_of(email_key), kept or frozenset())

    def is_unlike(self, email_key: str | None) -> bool:
        """Whether the address is from somewhere that nearly nobody else here is from."""
        return domain_of(email_key) in self.unlike


def usual_of(email_keys: Sequence[str | None], kept: Mapping[str, str]) -> Usual:
    """What is usual among these addresses. `kept`: the names of organisations by their domains."""
    counts = Counter(map(domain_of, email_keys))
    known = frozenset(domain for domain in kept if not is_public_provider(domain))
    odd = [domain for domain, count in counts.items() if not _is_of(domain, known) and (known or count == 1)]
    tells = len(email_keys) >= FEW_MEMBERS and sum(counts[each] for each in odd) * _MOST_UNLIKE <= len(email_keys)
    domains: dict[str, frozenset[str]] = {}
    for domain in known:
        key = organisation_key(kept[domain])
        domains[key] = domains.get(key, frozenset()) | {domain}
    return Usual(domains, frozenset(odd) if tells else frozenset())


def organisation_key(name: str) -> str:
    """Equal for two ways to write the name of one organisation."""
    return " ".join(name.casefold().split())


def domain_of(email_key: str | None) -> str:
    """The domain of an address; empty where there is none."""
    return (email_key or "").rpartition("@")[2]


def _is_of(domain: str, kept: frozenset[str]) -> bool:
    parts = domain.split(".")
    return any(".".join(parts[start:]) in kept for start in range(len(parts)))
