"""What is said of a file that is brought for a post."""

from pydantic import Field

from forum.attaching import Alt
from forum.forms import Input


class NewFile(Input):
    """What the picture shows, for those who can't see it; the file itself stands beside."""

    alt: Alt = Field("", max_length=10_000)
    upload: str = ""


class FileMark(Input):
    """What makes two requests with a file the same."""

    said: str
    sha256: str
