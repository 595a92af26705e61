"""What the site's own forms may hold."""

from pydantic import field_validator

from forum.forms import Input
from forum.text import clean_body


class PageWords(Input):
    """The words of a page that the law asks for."""

    body: str

    @field_validator("body")
    @classmethod
    def _clean(cls, value: str) -> str:
        return clean_body(value)
