"""E-mail addresses: what a person typed, the key that tells two of them apart, and the form that mail needs."""

import re
import unicodedata

LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64
NOBODYS_DOMAIN = "imported.invalid"
"""Of people in archives that tell no address. No mail ever arrives here (RFC 2606), so nobody can prove such an
address and claim what is not theirs."""

_LOCAL_ASCII = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
#: Invisible characters that copying from a page or a mail brings along at either end.
_EDGES = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"


def clean_email(text: str) -> str:
    """The address as typed, without spaces around it, in Unicode's compatibility form (NFKC).

    The form matters: the key below is made of it, so the mailbox that gets our mail and the account it
    belongs to can never be two different ones. Raises ValueError with a sentence for the person.
    """
    address, _ = _checked(text)
    return address


def normalise_email(text: str) -> str:
    """The key under which an account is found: NFKC, case folded, the domain in IDNA's ASCII form.

    Raises ValueError with a sentence for the person.
    """
    address, domain = _checked(text)
    return f"{address.rpartition('@')[0].casefold()}@{domain}"


def mailable_email(text: str) -> str:
    """The address for an SMTP envelope: local part as typed (its case may matter there), domain in ASCII."""
    address, domain = _checked(text)
    return f"{address.rpartition('@')[0]}@{domain}"


def _checked(text: str) -> tuple[str, str]:
    """The cleaned address and its ASCII domain, or a ValueError that says what to do."""
    if len(text) > 4 * LONGEST_ADDRESS:
        raise ValueError(f"This is too long for an e-mail address: at most {LONGEST_ADDRESS} characters.")
    address = unicodedata.normalize("NFKC", text.strip(_EDGES)).strip(_EDGES)
    _refuse_other_things(address)
    local, _, domain = address.rpartition("@")
    _check_local_part(local)
    ascii_domain = _ascii_domain(domain)
    if len(f"{local}@{ascii_domain}".encode()) > LONGEST_ADDRESS:
        raise ValueError(f"This is too long for an e-mail address: at most {LONGEST_ADDRESS} characters.")
    return address, ascii_domain


def _refuse_other_things(address: str) -> None:
    """Refuse what isn't one plain address: nothing, a list, a name with an address, hidden characters."""
    if not address:
        raise ValueError("Write your e-mail address, for example name@example.org.")
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for character in address):
        raise ValueError("This address holds an invisible character. Type it again instead of pasting it.")
    if "," in address or ";" in address or address.count("@") > 1:
        raise ValueError("Write one e-mail address only.")
    if set('<>()[]"\\:') & set(address):
        raise ValueError("Write only the address itself, like name@example.org, without a name, brackets or quotes.")
    if any(character.isspace() for character in address):
        raise ValueError("There is a space in the middle of this address. Take it out.")
    if "@" not in address:
        raise ValueError("An e-mail address has an @ in it, like name@example.org.")


def _check_local_part(local: str) -> None:
    if not local:
        raise ValueError("Something is missing before the @. Write the whole address, like name@example.org.")
    if len(local.encode()) > LONGEST_LOCAL_PART:
        raise ValueError(f"The part before the @ is too long: at most {LONGEST_LOCAL_PART} characters.")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError("Check the dots before the @: none at the start or the end, and never two in a row.")
    for character in local:
        if character.isascii() and not _LOCAL_ASCII.match(character):
            raise ValueError(f"The character {character} can't stand in an e-mail address. Check what you typed.")
        if not character.isascii() and unicodedata.category(character)[0] not in "LMN":
            raise ValueError(f"The character {character} can't stand in an e-mail address. Check what you typed.")


def _ascii_domain(domain: str) -> str:
    """The domain as mail servers know it: `bücher.example` is `xn--bcher-kva.example`.

    Python's own codec follows IDNA 2003, where `ß` and `ss` are one: two such domains share a key here, so the
    second of them can't register beside the first. That is the safe side, and mail goes to the first.
    """
    problem = "Check the part after the @: it is a domain such as example.org."
    try:
        labels = domain.casefold().replace("\u3002", ".").encode("idna").decode("ascii").lower().split(".")
    except UnicodeError:
        raise ValueError(problem) from None
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.match(label) for label in labels):
        raise ValueError(problem)
    return ".".join(labels)
