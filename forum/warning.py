"""Free words that are kept about somebody, such as a moderator's reason, are looked at as posts are: it warns, no more.

A form comes back once with a sentence beside the words, and sent again as it is it is taken. A program is told by a
header of the answer to what was done.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request

from forum.cards import WORDS as CARD_WORDS
from forum.envelope import let_warn
from forum.errors import Invalid, LookAgain
from forum.forms import InputType, has_looked_again, validate
from forum.text import PersonalData, find_personal_data
from ground.columns import now

FREE_WORDS = ("reason", "answer", "words", "title", "body", "message", *CARD_WORDS[1:])
"""What fields are called in which people write to others as they like."""
_NAMES: Mapping[PersonalData, str] = {
    "nhs_number": "an NHS number",
    "card_number": "a card number",
    "birth_date": "somebody’s date of birth",
}


def validate_words(request: Request, model: type[InputType], fields: Mapping[str, Any]) -> InputType:
    """`forms.validate`, for what holds free words. Raises Invalid also where a person is to look at these again."""
    value = validate(model, fields)
    said = {name: str(getattr(value, name)) for name in FREE_WORDS if getattr(value, name, None)}
    found = {name: find_personal_data(words, now().date()) for name, words in said.items()}
    seen = {name: kinds for name, kinds in found.items() if kinds}
    if request.url.path.startswith("/api/"):
        let_warn(request.scope, list(dict.fromkeys(kind for kinds in seen.values() for kind in kinds)))
    elif seen and not has_looked_again(request):
        raise Invalid({name: LookAgain(_sentence(kinds)) for name, kinds in seen.items()})
    return value


def _sentence(found: Sequence[PersonalData]) -> str:
    return (
        f"This looks as if it held {listed(found)}. These words are kept, and others read them. "
        "Take it out if you can; if it is something else, send this once more as it is."
    )


def listed(found: Sequence[PersonalData]) -> str:
    """What it looks like, in words."""
    names = [_NAMES[each] for each in found]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
