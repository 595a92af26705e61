"""Letters: what a slice has to say by mail, written at the moment of sending.

A command leaves only ids in the outbox (`tx.enqueue("mail", {"letter": name, …})`). The worker then
asks the letter's writer, which reads everything anew and asks rights again: who has lost the right
gets nothing, and single-use links are made here, so that no secret waits in a table.

`forum.sending` makes a mail of a letter and sends it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth.emails import normalise_email
from auth.secrets import seal_of
from forum.state import State
from realtime.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person. `template` names `templates/email/<template>.html` and `.txt`.

    `name` is empty where a stranger may have chosen it: we carry nobody's words to an address that is not proved.
    Both templates get `context` and beside it `name`, `subject`, `site_name` and `site_url`.
    """

    address: str
    name: str
    subject: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    stopping: str = ""
    """The address to which a mail program may POST so that such mails stop (RFC 8058); empty where none can."""


LetterWriter = Callable[[State, Transaction, Mapping[str, str]], Awaitable[Letter | None]]
"""Writes the letter for a reference of ids, or None where nobody is to get it any more."""


class Undeliverable(Exception):
    """No later try can deliver this mail; the text holds no address and no words, and `told` says it to people."""

    told = "The mail can't be sent to this address."


class AddressRefused(Undeliverable):
    """The mail server refuses the address for good; its answer was `code`, such as 550."""

    def __init__(self, code: int) -> None:
        super().__init__("the mail server refuses this address for good")
        self.told = f"The mail server refused this address ({code})."


class MailRefused(Undeliverable):
    """The mail server has read the mail and does not take it, ever; its answer was `code`, such as 554."""

    def __init__(self, code: int) -> None:
        super().__init__("the mail server refuses this mail for good")
        self.told = f"The mail server refused the mail ({code})."


def mail_key(address: str) -> str:
    """The key that tells the addresses of letters apart, as accounts are told apart by it."""
    try:
        return normalise_email(address)
    except ValueError:
        return address.casefold()


def seal_mail(key: bytes, task_id: str, address: str) -> str:
    """The part of a Message-ID before the @: whoever reports on the mail shows by it that they have seen it.

    The same for each try of one task, so that a mail sent twice shows once.
    """
    return f"{task_id}.{seal_of(key, 'mail', task_id, mail_key(address)).hex()[:32]}"
