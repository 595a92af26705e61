"""Addresses to look at twice: domains that look like one that is known here, and two spellings of one mailbox.

`exаmple.org` with a Cyrillic а is another domain than `example.org`, and belongs to somebody else; so does `nhs.ku`.
"""

import unicodedata
from collections.abc import Collection, Iterable

from auth.names import look_alike_key

_MOST_LABELS = 20
_SHORT = 4
"""Labels up to this length differ by a letter and are both meant: uhb.nhs.uk and uhs.nhs.uk are two trusts."""
_OF_THE_COUNTRY = ("nhs.uk", "nhs.net", "nhs.scot", "gov.uk", "ac.uk")
"""Endings that people here type every day, and mistype."""


def shown_domain(ascii_domain: str) -> str:
    """The domain as people see it: `xn--bcher-kva.example` is `bücher.example`."""
    try:
        return ascii_domain.encode("ascii").decode("idna") if "xn--" in ascii_domain else ascii_domain
    except UnicodeError:
        return ascii_domain


class KnownDomains:
    """Domains that are taken to be right, and which other ones a hurried reader or a slip of the hand makes of them."""

    def __init__(self, domains: Iterable[str]) -> None:
        self._names = frozenset(domains)
        self._alike = {_alike_key(domain): domain for domain in sorted({*_OF_THE_COUNTRY, *self._names}, reverse=True)}
        self._beside: dict[tuple[int, tuple[str, ...]], set[str]] = {}
        for domain in {*self._names, *_OF_THE_COUNTRY}:
            labels = domain.split(".")[-_MOST_LABELS:]
            for place, label in enumerate(labels):
                self._beside.setdefault((len(labels) - place, _without(labels, place)), set()).add(label)
        self._slips: dict[str, str] = {}

    def __contains__(self, ascii_domain: str) -> bool:
        return ascii_domain in self._names or ascii_domain in _OF_THE_COUNTRY

    def like(self, ascii_domain: str) -> str:
        """The known domain for which a hurried reader takes this one; empty where there is none."""
        return "" if ascii_domain in self else self._alike.get(_alike_key(ascii_domain), "")

    def slip(self, ascii_domain: str) -> str:
        """The known domain, or one below it, of which a slip of the hand made this one; empty where there is none."""
        if ascii_domain in self:
            return ""
        if ascii_domain not in self._slips:
            self._slips[ascii_domain] = self._near(ascii_domain.split("."))
        return self._slips[ascii_domain]

    def _near(self, labels: list[str]) -> str:
        for start in range(max(len(labels) - _MOST_LABELS, 0), len(labels) - 1):
            end = labels[start:]
            if ".".join(end) in self:
                return ""  # below a domain that is right
            for place, label in enumerate(end):
                is_last = place == len(end) - 1
                for other in sorted(self._beside.get((len(end) - place, _without(end, place)), ())):
                    if _is_slip(label, other, is_last=is_last):
                        return ".".join([*labels[:start], *end[:place], other, *end[place + 1 :]])
        return ""


def _without(labels: list[str], place: int) -> tuple[str, ...]:
    return (*labels[:place], *labels[place + 1 :])


def _is_slip(one: str, other: str, *, is_last: bool) -> bool:
    """Whether one hand may have made one label of the other: a letter too many, too few, wrong, or two that changed.

    In short labels only two that changed count, but for the end of a domain, of which there are few.
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, of_other = one[start:], other[start:]
    if rest[:2] == of_other[1::-1] and rest[2:] == of_other[2:] and len(rest) > 1:
        return True
    if not is_last and max(len(one), len(other)) <= _SHORT:
        return False
    if (rest[:1] or "0").isdigit() and (of_other[:1] or "0").isdigit():
        return False  # trust1, trust2 and trust12 are three
    return rest[1:] == of_other[1:] or rest[1:] == of_other or rest == of_other[1:]


def _alike_key(ascii_domain: str) -> str:
    """Equal for two domains that a hurried reader takes for one: a hyphen or a dot too few counts for nothing."""
    labels = shown_domain(ascii_domain).split(".")[:_MOST_LABELS]
    return "".join(look_alike_key(label.replace("-", "")) for label in labels)


def _plain(domain: str) -> str:
    """The domain in the plain letters for which its own are easily taken."""
    return ".".join(look_alike_key(label) for label in domain.split("."))


def warning_of(email_key: str, known: KnownDomains, usual: KnownDomains | None = None) -> str:
    """Why this address should be looked at twice; empty where nothing is odd about it.

    `usual`: domains that come often in the same list; those of the network go before them.
    """
    local, _, domain = email_key.rpartition("@")
    of = (known,) if usual is None else (known, usual)
    if domain not in known:
        if meant := next(filter(None, (each.like(domain) for each in of)), ""):
            return f"Looks like {meant}, and is another domain: {domain}."
        if odd := _odd_letters(domain):
            return odd
        if meant := next(filter(None, (each.slip(domain) for each in of)), ""):
            return f"Is this a slip for {meant}? {domain} is another domain."
    if len(_scripts(local)) > 1:
        return "The part before the @ mixes letters of two alphabets."
    return ""


def _odd_letters(ascii_domain: str) -> str:
    shown = shown_domain(ascii_domain)
    if any(len(_scripts(label)) > 1 for label in shown.split(".")):
        return f"The domain mixes letters of two alphabets: it is {ascii_domain}."
    if shown.isascii():
        return ""
    plain = _plain(shown)
    other = f", and not {plain}" if plain.isascii() else ""
    return f"The domain has letters beside a to z: it is {ascii_domain}{other}."


_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def _scripts(label: str) -> set[str]:
    names = (unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha())
    return {name for name in names if name in _ALIKE}


def usual_domains(domains: Collection[str]) -> KnownDomains:
    """Domains of a list itself that come more than once in it, in plain letters: another may look like one of them.

    Of two that look alike the one that comes more often is taken to be right.
    """
    counts: dict[str, int] = {}
    for domain in domains:
        if domain and "xn--" not in domain:
            counts[domain] = counts.get(domain, 0) + 1
    return KnownDomains(domain for domain, count in counts.items() if count > 1)


def mailbox_key(email_key: str) -> str:
    """Equal for addresses that many providers deliver to one mailbox: without dots and what follows a plus."""
    local, _, domain = email_key.rpartition("@")
    return f"{local.partition('+')[0].replace('.', '') or local}@{domain}"
