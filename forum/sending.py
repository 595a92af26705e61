"""Mails: made of letters, and sent. Loaded by a worker with its first mail.

A mail is plain text and HTML. It goes out by SMTP, or, without SMTP_URL, into a file of its own.
"""

import asyncio
import os
import re
import secrets
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import aiosmtplib
import css_inline
from jinja2 import Environment

from auth.emails import mailable_email
from forum.mailing import AddressRefused, Letter, MailRefused, Undeliverable
from forum.settings import Settings, is_loopback, is_mailable
from ground.columns import now

SMTP_SECONDS = 20.0
_PERMANENT = range(500, 600)
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def compose(letter: Letter, settings: Settings, templates: Environment, message_id: str) -> EmailMessage:
    """The mail for a letter: plain text first, then HTML with its styles inline.

    `message_id` is the part before the @, see `seal_mail`.
    Raises Undeliverable where an address or a header can't be sent as it is.
    """
    host = _host(settings)
    message = EmailMessage(policy=_policy(letter.address))
    try:
        message["From"] = _sender(settings, host)
        message["To"] = _address(letter.name, letter.address)
        message["Subject"] = _one_line(letter.subject)
        message["Date"] = format_datetime(now())
        message["Message-ID"] = f"<{_one_line(message_id)}@{host}>"
    except ValueError as error:
        raise Undeliverable(f"a header is not fit to be sent: {type(error).__name__}") from error
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.stopping:
        message["List-Unsubscribe"] = f"<{letter.stopping}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    site = {"site_name": settings.site_name, "site_url": settings.public_url}
    context = {**letter.context, **site, "name": letter.name, "subject": letter.subject}
    plain = templates.overlay(autoescape=False).get_template(f"email/{letter.template}.txt").render(context)
    html = templates.get_template(f"email/{letter.template}.html").render(context)
    # In a file the words stay readable as they are; a mail server may need them wrapped.
    encoding = "quoted-printable" if settings.smtp_url else "8bit"
    message.set_content(_BLANK_LINES.sub("\n\n", plain.strip()) + "\n", cte=encoding)
    message.add_alternative(_INLINER.inline(html), subtype="html", cte=encoding)
    return message


_BLANK_LINES = re.compile(r"\n{3,}")


class _Whole(EmailPolicy):
    """As SMTP, but an address of a page stays whole on its line: cut or encoded, no mail program would know it."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}"
        folded: str = super()._fold(name, value, refold_binary)  # type: ignore[misc]
        return folded


def _policy(address: str) -> Policy:
    return _Whole(linesep="\r\n", utf8=not address.isascii(), cte_type="8bit")


def _host(settings: Settings) -> str:
    host = urlsplit(settings.public_url).hostname or "localhost"
    return host if is_mailable(f"confer@{host}") and not is_loopback(host) else "localhost"


def _sender(settings: Settings, host: str) -> Address:
    name, address = parseaddr(settings.mail_from)
    return _address(name or settings.site_name, address or f"confer@{host}")


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    if domain != "localhost":
        local, _, domain = mailable_email(address).rpartition("@")
    return Address(_one_line(name), local, domain)


def _one_line(text: str) -> str:
    """The text if it can stand in a header. Raises ValueError for a line break: it would begin another header."""
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("a control character in a header")
    return text


async def deliver(message: EmailMessage, settings: Settings) -> Path | None:
    """Send the mail, or write it to a file and return where. Raises Undeliverable, or whatever may pass by itself."""
    if not settings.smtp_url:
        return await asyncio.to_thread(_write, message, settings.data_dir / "mail", now())
    try:
        async with asyncio.timeout(3 * SMTP_SECONDS):
            await _send(message, urlsplit(settings.smtp_url))
    except aiosmtplib.SMTPRecipientsRefused as error:
        if all(refusal.code in _PERMANENT for refusal in error.recipients):
            raise AddressRefused(error.recipients[0].code) from error
        raise
    except aiosmtplib.SMTPDataError as error:
        if error.code in _PERMANENT:
            raise MailRefused(error.code) from error
        raise
    return None


async def _send(message: EmailMessage, server: SplitResult) -> None:
    is_secure = server.scheme == "smtps"
    recipient, sender = (message[name].addresses[0].addr_spec for name in ("To", "From"))
    # As we fold it: given as a message, it would be folded anew, and the address in List-Unsubscribe cut.
    whole: EmailMessage | bytes = message.as_bytes() if f"{recipient}{sender}".isascii() else message
    await aiosmtplib.send(
        whole,
        sender=sender,
        recipients=[recipient],
        hostname=server.hostname or "localhost",
        port=server.port or (465 if is_secure else 25),
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=is_secure,
        timeout=SMTP_SECONDS,
    )


def _write(message: EmailMessage, folder: Path, moment: datetime) -> Path:
    """One RFC 5322 file, there whole or not at all; only its owner may read it, for it holds single-use links."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{moment:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}.eml"
    unfinished = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path
