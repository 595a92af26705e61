"""What the site's own forms may hold."""

from pydantic import Field, field_validator

from forum.forms import Input
from forum.text import clean_body


class PageWords(Input):
    """The words of a page that the law asks for."""

    body: str
    seen: str = Field(default="", max_length=100)
    """By what the form began with (`words_seen`), so that nobody overwrites what they have not read."""

    @field_validator("body")
    @classmethod
    def _clean(cls, value: str) -> str:
        return clean_body(value)
