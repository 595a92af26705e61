"""What may be typed about organisations: a name, and the domains of their e-mail addresses."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from auth.accounts import normalise_email
from auth.names import clean_line
from forum.forms import Input
from forum.mail_providers import is_public_provider

LONGEST_ORGANISATION = 200
MOST_DOMAINS = 50
MOST_ORGANISATIONS = 300
_BETWEEN = re.compile(r"[\s,;]+")
_BEFORE = re.compile(r"\A(?:https?://)?(?:www\.)?@?", re.IGNORECASE)


def clean_organisation(text: str) -> str:
    """The name of an organisation on one line. Raises ValueError with a sentence."""
    if not any(character.isalnum() for character in text[: 4 * LONGEST_ORGANISATION]):
        raise ValueError("Give the organisation a name.")
    return clean_line(text, LONGEST_ORGANISATION)


def clean_domain(text: str) -> str:
    """A domain in the form in which accounts keep it, however it was typed. Raises ValueError with a sentence."""
    bare = _BEFORE.sub("", text.strip()).rstrip("/.")
    try:
        return normalise_email(f"someone@{bare}").rpartition("@")[2]
    except ValueError:
        raise ValueError(
            f"“{text[:80]}” is not a domain. Write what stands after the @, such as trust.nhs.uk."
        ) from None


def own_domain(text: str) -> str:
    """The domain of an organisation, cleaned. Raises ValueError for one at which anybody can have an address."""
    domain = clean_domain(text)
    if is_public_provider(domain):
        raise ValueError(
            f"Anybody can have an address at {domain}, so it tells nothing of where somebody works. Leave it out."
        )
    return domain


def clean_domains(texts: list[str]) -> list[str]:
    """The domains, each once. Raises ValueError with a sentence."""
    domains = list(dict.fromkeys(own_domain(text) for text in texts if text.strip()))
    if len(domains) > MOST_DOMAINS:
        raise ValueError(f"These are too many: at most {MOST_DOMAINS} domains for one organisation.")
    return domains


def read_domains(text: str) -> list[str]:
    """The domains in what was typed, with commas, spaces or lines between them. Raises ValueError with a sentence."""
    return clean_domains(_BETWEEN.split(text))


OrganisationName = Annotated[str, AfterValidator(clean_organisation)]


class OrganisationForm(Input):
    """The form of an organisation."""

    name: OrganisationName
    domains: Annotated[str, Field(max_length=20_000), AfterValidator(lambda text: " ".join(read_domains(text)))] = ""


Domains = Annotated[
    list[Annotated[str, Field(max_length=300)]], Field(max_length=MOST_DOMAINS), AfterValidator(clean_domains)
]


class NewOrganisation(Input):
    """An organisation with the domains of its addresses; those of domains below them count too."""

    name: OrganisationName
    domains: Domains = Field(default_factory=list)


class OrganisationChange(Input):
    """What is to be changed of an organisation; what is left out stays."""

    name: OrganisationName | None = None
    domains: Domains | None = None
