"""The form in which posts are written: what it holds, and who will read what is written in it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from forum.attaching import MOST_FILES
from forum.records import Post, PostFile
from forum.text import excerpt, quote

ANSWERING_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Composer:
    """What `threads/_composer.html` shows."""

    action: str
    network_id: str
    label: str
    button: str
    audience: str
    draft: str
    """Under this name a browser keeps what is not sent yet, beside the account's id."""
    people: str
    """Where names are completed."""
    tools: Markup
    key: str = ""
    version: str = ""
    body: str = ""
    reply_to: str = ""
    takes_reply: bool = True
    answering: str = ""
    answering_href: str = ""
    without_reply: str = ""
    error: str = ""
    warning: str = ""
    """What the writer should look at again; then the form offers to post it anyway."""
    preview: str = ""
    """Sanitised HTML."""
    cancel: str = ""
    is_open: bool = False
    slug: str = ""
    """The last part of the network's address, where files are brought."""
    files: Sequence[PostFile] = ()
    files_error: str = ""
    most_files: int = MOST_FILES
    removal: str = ""
    """Where a post that carries files is removed: what an edit takes out of it stays in its earlier version."""


def new_key() -> str:
    """What marks one click: another for each form that is shown."""
    return secrets.token_urlsafe(16)


def answering_words(post: Post) -> str:
    """Whom an answer answers, in one line."""
    words = excerpt(post.html, ANSWERING_LENGTH)
    return f"Answers {post.author.name}: {words}" if words else f"Answers {post.author.name}"


def quoted(post: Post) -> str:
    """The post's words as a quote, to be answered below."""
    return quote(post.body, post.author.name, post.number, plain=post.is_imported)
