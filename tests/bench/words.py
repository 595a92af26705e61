"""Invented people and what they write: always the same, so that runs can be compared."""

import random
from dataclasses import dataclass

from forum.text import excerpt, render_markdown

_GIVEN = ("Amira", "Bridget", "Callum", "Dilys", "Efe", "Fiona", "Gareth", "Hina", "Ivor", "Jun", "Kezia", "Lorcan")
_FAMILY = ("Achterberg", "Boateng", "Cadwallader", "Desai", "Eriksen", "Farrow", "Glendower", "Halloran", "Ibekwe")
_TITLES = ("Service manager", "Consultant", "Team leader", "Policy officer", "Head of estates", "Analyst", "Matron")
_ORGANISATIONS = (
    "Northmoor Council",
    "Weir Valley Trust",
    "Saltby District",
    "County Fire Service",
    "Marsh Lane Clinic",
)
_SUBJECTS = (
    "the waiting list for the new clinic",
    "our draft on sharing rotas between sites",
    "the budget round of next spring",
    "the letter that went to every household",
    "the pilot in the two eastern districts",
    "how the night shift hands over",
    "the survey among drivers and porters",
    "the form that nobody fills in",
)
_DOINGS = (
    "has moved on since we met",
    "needs another pair of eyes",
    "took longer than anybody expected",
    "works better than the old way",
    "was received kindly by the board",
    "left two questions open",
    "costs us about three hours a week",
    "should be settled before the summer",
)
_ENDINGS = (
    "I will bring the figures on Thursday.",
    "Who else has tried this?",
    "The minutes are in the usual place.",
    "We could ask the eastern team how they did it.",
    "My colleague keeps the list, so please tell her.",
    "It would help to hear from a smaller organisation.",
    "Let us not wait for the next meeting with this.",
)


_BEGIN, _END = "bcdfgklmnprstvz", "aeiou"
INVENTED = 5_000
"""So many words stand in the posts of the long thread beside the usual ones: some often, most in few."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a post says, in the forms that are stored."""

    body: str
    html: str
    excerpt: str


def person(number: int) -> dict[str, str]:
    """Name, job title and organisation of the person with this number."""
    family = _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
    return {
        "name": f"{_GIVEN[number % len(_GIVEN)]} {family}",
        "job_title": _TITLES[number % len(_TITLES)],
        "organisation": _ORGANISATIONS[number % len(_ORGANISATIONS)],
    }


def title(number: int) -> str:
    """What the thread with this number is about."""
    subject = _SUBJECTS[number % len(_SUBJECTS)]
    return f"{subject[0].upper()}{subject[1:]} {_DOINGS[number // len(_SUBJECTS) % len(_DOINGS)]}"


def invented(number: int) -> str:
    """The invented word of this number: three syllables and an ending."""
    syllables = len(_BEGIN) * len(_END)
    parts = (number % syllables, number // syllables % syllables, number * 7 % syllables)
    return "".join(_BEGIN[part // len(_END)] + _END[part % len(_END)] for part in parts) + "m"


def rare_words(position: int, count: int = 6) -> str:
    """A sentence of invented words: the first of them stand in every second post, the last in one of thousands."""
    chance = random.Random(position)
    return f"{' '.join(invented(int(INVENTED ** chance.random()) - 1) for _ in range(count))}."


def write(seed: int, length: int) -> Words:
    """A post of at least `length` characters of Markdown; longer ones have a list and something in bold."""
    chance = random.Random(seed)
    paragraphs: list[str] = []
    while len("".join(paragraphs)) < length:
        paragraphs.append(_paragraph(chance, min(length, 260)))
    if len(paragraphs) > 2:
        paragraphs[1] = "\n".join(f"- {_sentence(chance)}" for _ in range(3))
    body = "\n\n".join(paragraphs)
    html = render_markdown(body)
    return Words(body, html, excerpt(html, 140))


def _paragraph(chance: random.Random, length: int) -> str:
    sentences = [_sentence(chance)]
    while len(" ".join(sentences)) < length:
        sentences.append(_sentence(chance))
    return " ".join([*sentences[:-1], f"**{sentences[-1]}**" if chance.random() < 0.2 else sentences[-1]])


def _sentence(chance: random.Random) -> str:
    subject = chance.choice(_SUBJECTS)
    return f"{subject[0].upper()}{subject[1:]} {chance.choice(_DOINGS)}. {chance.choice(_ENDINGS)}"
