"""What the forms and JSON bodies about accounts may hold; one model for both."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from auth.accounts import clean_about, clean_email, clean_line, clean_name
from auth.names import look_alike_key
from auth.passwords import check_password
from auth.tokens import LONGEST_LABEL
from forum.forms import Input

RESERVED = (
    *("former member", "former members", "deleted user", "deleted member", "deleted account", "closed account"),
    *("confer", "confer itself", "somebody without an account", "another moderator", "nobody", "everybody"),
    "name not known",
)
"""What pages say of people in place of a name."""
_LOOKS = frozenset(look_alike_key(words) for words in RESERVED)
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)


def clean_own_name(text: str) -> str:
    """The name that somebody gives themselves. Raises ValueError with a sentence, also for one that misleads."""
    name = clean_name(text)
    if {look_alike_key(name), look_alike_key(_ARTICLE.sub("", name, count=1))} & _LOOKS:
        raise ValueError(
            f"“{name}” is what pages here say where they name nobody. Write the name by which the others know you."
        )
    return name


Email = Annotated[str, AfterValidator(clean_email)]
Name = Annotated[str, AfterValidator(clean_own_name)]
Line = Annotated[str, AfterValidator(clean_line)]
About = Annotated[str, AfterValidator(clean_about)]


def _password_for(value: SecretStr, info: ValidationInfo) -> SecretStr:
    check_password(value.get_secret_value(), info.data.get("email", ""), info.data.get("name", ""))
    return value


class NewAccount(Input):
    """Registering. The password is judged last, by the name and the address beside it."""

    name: Name
    email: Email
    password: SecretStr

    _check = field_validator("password")(_password_for)


class InvitedAccount(NewAccount):
    """Registering by an invitation, whose list may have said of which organisation somebody is."""

    organisation: Line = ""


class Claim(Input):
    """Taking over an account that waits for its owner, by a link that reached the address."""

    name: Name
    password: SecretStr

    _check = field_validator("password")(_password_for)


class Address(Input):
    """An address to which something is to be sent."""

    email: Email


class SignIn(Input):
    """What a person or a program shows to be let in; whether the address is one at all is not judged here."""

    email: str = Field(max_length=1_000)
    password: SecretStr


class NewToken(SignIn):
    """A program's wish for a token of its own."""

    label: str

    @field_validator("label")
    @classmethod
    def _clean(cls, value: str) -> str:
        return clean_label(value)


class TokenLabel(Input):
    """The form that makes a token for oneself."""

    label: str

    @field_validator("label")
    @classmethod
    def _clean(cls, value: str) -> str:
        return clean_label(value)


def clean_label(text: str) -> str:
    """The label of a token. Raises ValueError with a sentence."""
    label = clean_line(text, LONGEST_LABEL)
    if not label:
        raise ValueError("Give the token a label, such as the program that will use it.")
    return label


class Profile(Input):
    """What others see of a person, all of it at once: the form."""

    name: Name
    job_title: Line
    organisation: Line
    about: About


class ProfileChange(Input):
    """What others see of a person, only what changes: the API."""

    name: Name | None = None
    job_title: Line | None = None
    organisation: Line | None = None
    about: About | None = None


class NewPassword(Input):
    """A password chosen anew; who chooses it is known, so that `check_new_password` can judge it."""

    password: SecretStr


class PasswordChange(Input):
    """A password chosen anew, with the one that it replaces."""

    current_password: SecretStr
    new_password: SecretStr


class EmailChange(Input):
    """Another address, with the password."""

    email: Email
    current_password: SecretStr


class Closing(Input):
    """The end of an account: whether the name stays beside the posts, and the password."""

    name_stays: bool
    current_password: SecretStr

    @field_validator("name_stays", mode="before")
    @classmethod
    def _chosen(cls, value: object) -> bool:
        if value not in ("name", "former"):
            raise ValueError("Choose what stands beside your posts.")
        return value == "name"
