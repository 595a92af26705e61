"""What is left out of words before they are kept, such as characters that nobody sees, is told to who typed them."""

from forum.text import LEFT_OUT, leaves_out

NOTICE_HEADER = "X-Notice"
"""Of an answer to a script: a sentence for who sent it."""


def notice_of(name: str, *typed: str) -> str:
    """The name of this notice, or of the same that says besides that something was left out."""
    return f"{name}-tidied" if any(leaves_out(each) for each in typed) else name


def notice_headers(*typed: str) -> dict[str, str]:
    """The same for a script."""
    return {NOTICE_HEADER: LEFT_OUT} if any(leaves_out(each) for each in typed) else {}


def previewed(html: str, typed: str) -> str:
    """What a preview shows of words that are laid out."""
    return f'{html}<p class="muted">{LEFT_OUT}</p>' if leaves_out(typed) else html
