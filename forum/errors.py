"""What a command or a query refuses, and why. `pages` and `api` turn each into an answer."""

from collections.abc import Mapping, Sequence

NOBODY_READS = "It is so already, so nothing was done, and nobody would read your reason. Leave it out."


class ForumError(Exception):
    """Something that a person asked for and does not get; the text is for them to read."""


class NotFound(ForumError):
    """It does not exist, or this viewer may not know that it does: one answer for both."""

    def __init__(self) -> None:
        super().__init__("There is nothing here, or it is not open to you.")


class Forbidden(ForumError):
    """The viewer sees it but may not do this; the text is the reason."""


class WrongMethod(ForumError):
    """The address takes other methods than this one; `allowed` are those."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"Nothing was done. This address takes {', '.join(allowed)}.")
        self.allowed = tuple(allowed)


class SignInNeeded(ForumError):
    """Only somebody signed in may do this."""

    def __init__(self) -> None:
        super().__init__("Sign in to go on.")


class BadToken(ForumError):
    """The bearer token is unknown, revoked or past its end."""

    def __init__(self) -> None:
        super().__init__("This token is not valid. Make a new one in your settings.")


class WrongPassword(ForumError):
    """No proved address has this password; whether the address, the password or the proof is lacking is not told."""

    def __init__(self) -> None:
        super().__init__(
            "The e-mail address or the password is not right. Check both and try again. "
            "If you have just registered, open the link in our message first."
        )


class Invalid(ForumError):
    """What was typed cannot be taken; `errors` has a sentence for each field that must change."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class LookAgain(str):
    """A sentence of `Invalid` beside a field that is not wrong: the form may be sent again as it is."""

    __slots__ = ()


class Conflict(ForumError):
    """It was changed by somebody else meanwhile."""


class Moved(ForumError):
    """A moderator took the thread to another network meanwhile; who reads that one finds it there by the same id."""

    def __init__(self, *, is_readable: bool = True) -> None:
        where = "Load it again to go on there." if is_readable else "You can’t read that one, so nothing was posted."
        super().__init__(f"A moderator moved this thread to another network meanwhile. {where}")


class Warned(ForumError):
    """Nothing is wrong, but the writer should look again before it goes out; the text says at what."""


class Stale(ForumError):
    """`If-Match` names a version that is no longer the current one."""


class AlreadySent(ForumError):
    """The same key came with other words: nothing was written a second time."""

    def __init__(self) -> None:
        super().__init__("You have already sent this form. Send it again if these words are new.")


class TooMany(ForumError):
    """A limit is reached; `retry_after` says in how many seconds it opens again."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class TooLarge(ForumError):
    """The body of the request is larger than anything we take."""


class Busy(ForumError):
    """Somebody else is at it in this moment."""


class WrongProtocol(ForumError):
    """Files in parts are sent by the tus protocol, of which we speak one version."""


class WrongType(ForumError):
    """The body is of a content type that this address does not take."""


class Damaged(ForumError):
    """What came is not what was sent: its checksum is another."""


class StoreFull(ForumError):
    """There is no room for a file: on the disk, in its network, or in the site's own bound."""


class Unavailable(ForumError):
    """The database, or the store of files, can't be used just now; nothing was written."""


class FileDamaged(Unavailable):
    """Under the name of a file the store has other bytes, which nobody is given; waiting does not help."""

    def __init__(self) -> None:
        super().__init__(
            "This file is damaged on the server, so nobody is given it. Tell whoever runs this site: it can be "
            "restored from a backup, or share it again if you have it."
        )


class TookTooLong(ForumError):
    """What was asked for would keep the database from others; nothing was written."""


class BackupFailed(Exception):
    """It was not backed up, or not restored; the text says why, and nothing was changed."""
