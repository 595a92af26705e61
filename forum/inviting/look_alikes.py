"""Addresses to look at twice: domains that look like one that is known here, and two spellings of one mailbox.

`exаmple.org` with a Cyrillic а is another domain than `example.org`, and belongs to somebody else.
"""

import unicodedata
from collections.abc import Iterable, Mapping

from auth.names import look_alike_key

_MOST_LABELS = 20


def shown_domain(ascii_domain: str) -> str:
    """The domain as people see it: `xn--bcher-kva.example` is `bücher.example`."""
    try:
        return ascii_domain.encode("ascii").decode("idna") if "xn--" in ascii_domain else ascii_domain
    except UnicodeError:
        return ascii_domain


def known_domains(domains: Iterable[str]) -> dict[str, str]:
    """Domains that are taken to be right, by what a hurried reader takes each for."""
    return {domain_key(domain): domain for domain in sorted(domains, reverse=True)}


def domain_key(ascii_domain: str) -> str:
    """Equal for two domains that a hurried reader takes for one."""
    labels = shown_domain(ascii_domain).split(".")[:_MOST_LABELS]
    return ".".join(look_alike_key(label.replace("-", "")) for label in labels)


def warning_of(email_key: str, known: Mapping[str, str]) -> str:
    """Why this address should be looked at twice; empty where nothing is odd about it."""
    local, _, ascii_domain = email_key.rpartition("@")
    shown = shown_domain(ascii_domain)
    meant = known.get(domain_key(ascii_domain))
    if meant is not None and meant != ascii_domain:
        return f"Looks like {meant}, and is another domain: {ascii_domain}."
    if any(len(_scripts(label)) > 1 for label in shown.split(".")):
        return f"The domain mixes letters of two alphabets: it is {ascii_domain}."
    if len(_scripts(local)) > 1:
        return "The part before the @ mixes letters of two alphabets."
    return ""


_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def _scripts(label: str) -> set[str]:
    names = (unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha())
    return {name for name in names if name in _ALIKE}


def mailbox_key(email_key: str) -> str:
    """Equal for addresses that many providers deliver to one mailbox: without dots and what follows a plus."""
    local, _, domain = email_key.rpartition("@")
    return f"{local.partition('+')[0].replace('.', '') or local}@{domain}"
