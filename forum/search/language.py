"""What somebody typed, taken apart: words, "phrases", -not, from:, in:, has:, and as each database asks for it.

`from:ada`, `from:"Ada Okafor"` and `from:me` name who wrote; `in:falls` names a network by its address or its name.
`has:document` asks for documents, for what is said in their threads, and for posts that cite one or carry a file;
`has:card` for cards. A minus before any of them leaves out what it names.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from forum.search.tags import LONG, TITLE
from forum.search.terms import terms

MOST_PARTS = 16
MOST_TERMS = 24
_PART = re.compile(r'(-?)(?:(from|in|has):)?(?:"([^"]*)(?:"|\Z)|([^\s"]+))', re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_DASH = re.compile(r"(?<!\S)[\u2010-\u2015\u2212](?=\S)")
_FREQUENT = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be by for from had has have he her his i if in is it its of on or our she so that the
        their them there they this to was we were will with you your""",
    )
)

_HELD = {"document": "document", "documents": "document", "card": "card", "cards": "card"}

Phrase = tuple[str, ...]
"""Terms that follow each other; mostly one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()
    people: tuple[str, ...] = ()
    """Names after `from:`."""
    places: tuple[str, ...] = ()
    """Names of networks after `in:`."""
    has_document: bool = False
    """Whether `has:document` was said."""
    has_card: bool = False
    """Whether `has:card` was."""
    other_people: tuple[str, ...] = ()
    """Names after `-from:`."""
    other_places: tuple[str, ...] = ()
    """Names of networks after `-in:`."""
    no_document: bool = False
    """Whether `-has:document` was said."""
    no_card: bool = False
    """Whether `-has:card` was."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said that could be found."""
        return not (self.wanted or self.people or self.places or self.has_document or self.has_card)

    @property
    def terms(self) -> frozenset[str]:
        """The terms that are marked where they are found."""
        return frozenset(term for phrase in self.wanted for term in phrase)

    def with_term(self, wrong: str, right: str) -> "Wish":
        """The same with one word put right."""
        return replace(self, wanted=tuple((right,) if phrase == (wrong,) else phrase for phrase in self.wanted))


def read_wish(text: str) -> Wish:
    """The wish in what was typed; whatever it is, it means something."""
    parts: dict[str, list[str]] = {f"{minus}{name}": [] for minus in ("", "-") for name in ("from", "in", "has")}
    wanted: list[tuple[Phrase, bool]] = []
    unwanted: list[Phrase] = []
    for minus, operator, quoted, bare in _parts(text):
        said = quoted or bare
        if said.lower() in ("from:", "in:", "has:"):  # somebody is about to say whom, or where
            continue
        phrase = tuple(terms(said))[:MOST_TERMS]
        if operator.lower() == "has" and said.strip().lower() not in _HELD:
            phrase = tuple(terms(f"has {said}"))[:MOST_TERMS]
        elif operator and said.strip():
            held = _HELD.get(said.strip().lower(), "") if operator.lower() == "has" else ""
            parts[minus + operator.lower()].append(held or said.strip())
            continue
        if minus and phrase:
            unwanted.append(phrase)
        elif phrase:
            wanted.append((phrase, not quoted and bare.lower() in _FREQUENT))
    telling = [phrase for phrase, is_frequent in wanted if not is_frequent]
    kept = telling or [phrase for phrase, _ in wanted]
    return Wish(
        tuple(dict.fromkeys(kept)),
        tuple(dict.fromkeys(unwanted)),
        tuple(parts["from"]),
        tuple(parts["in"]),
        "document" in parts["has"],
        "card" in parts["has"],
        tuple(parts["-from"]),
        tuple(parts["-in"]),
        "document" in parts["-has"],
        "card" in parts["-has"],
    )


def _parts(text: str) -> list[tuple[str, str, str, str]]:
    """What was typed, part by part. Phones make round quotation marks of straight ones, and dashes of a minus."""
    plain = _DASH.sub("-", text.replace("\0", " ").translate(_QUOTES))
    return list(_PART.findall(plain))[:MOST_PARTS]


def unknown_kinds(text: str) -> list[str]:
    """Words after `has:` that mean nothing there."""
    parts = _parts(text)
    said = [(quoted or bare).strip() for _, operator, quoted, bare in parts if operator.lower() == "has"]
    return [word for word in said if word and word.lower() not in _HELD]


@dataclass(frozen=True, slots=True)
class Match:
    """A wish with what rows it may be found in: any tag of each group must be theirs."""

    wish: Wish
    groups: tuple[tuple[str, ...], ...]
    in_titles: bool = False
    """Whether the words must stand in the title, or in the name."""
    without: tuple[str, ...] = ()
    """Tags of rows in which it may not be found."""

    def text(self, dialect: str) -> str:
        """As the index of this database is asked."""
        return self.postgresql() if dialect == "postgresql" else self.fts5()

    def fts5(self) -> str:
        """As FTS5 is asked."""
        asked = [f"tags : ({' OR '.join(map(_quoted, group))})" for group in self.groups]
        where = "title" if self.in_titles else "{title words}"
        asked += [f"{where} : ({_quoted(*phrase)})" for phrase in self.wish.wanted]
        both = " AND ".join(f"({each})" for each in asked)
        unwanted = " OR ".join(_quoted(*phrase) for phrase in self.wish.unwanted)
        refused = [f"{{title words}} : ({unwanted})"] if unwanted else []
        refused += [f"tags : ({' OR '.join(map(_quoted, self.without))})"] if self.without else []
        return f"({both}) NOT ({' OR '.join(refused)})" if refused else both

    def postgresql(self) -> str:
        """As a `tsquery` of PostgreSQL."""
        asked = [" | ".join(f"'#{tag}'" for tag in group) for group in self.groups]
        asked += [_followed(phrase) for phrase in self.wish.wanted]
        if self.in_titles:
            asked += [f"'{TITLE}{term}'" for phrase in self.wish.wanted for term in phrase]
        # In a long text not every place is kept: there a phrase that is not found may stand all the same.
        asked += [f"!({_next_to(phrase)})" for phrase in self.wish.unwanted]
        asked += [f"!'#{tag}'" for tag in self.without]
        return " & ".join(f"({each})" for each in asked)

    def refused(self, dialect: str) -> str:
        """As the index is asked for rows of the same kind that hold what is not wanted; empty where all is."""
        if not self.wish.unwanted:
            return ""
        if dialect == "postgresql":
            asked = [" | ".join(f"'#{tag}'" for tag in group) for group in self.groups]
            asked.append(" | ".join(f"({_next_to(phrase)})" for phrase in self.wish.unwanted))
            return " & ".join(f"({each})" for each in asked)
        asked = [f"tags : ({' OR '.join(map(_quoted, group))})" for group in self.groups]
        asked.append(f"{{title words}} : ({' OR '.join(_quoted(*phrase) for phrase in self.wish.unwanted)})")
        return " AND ".join(f"({each})" for each in asked)

    def holds(self, title: Sequence[str], words: Sequence[str]) -> bool:
        """Whether it is true of a text: asked anew of long ones, for which PostgreSQL can't tell."""
        return all(stands_in(phrase, title) or stands_in(phrase, words) for phrase in self.wish.wanted) and not any(
            stands_in(phrase, title) or stands_in(phrase, words) for phrase in self.wish.unwanted
        )


def _quoted(*phrase: str) -> str:
    return f'"{" ".join(phrase)}"'


def _next_to(phrase: Phrase) -> str:
    return " <-> ".join(f"'{term}'" for term in phrase)


def _followed(phrase: Phrase) -> str:
    if len(phrase) == 1:
        return _next_to(phrase)
    anywhere = " & ".join(f"'{term}'" for term in phrase)
    return f"({_next_to(phrase)}) | ('{LONG}' & {anywhere})"


def stands_in(phrase: Phrase, text: Sequence[str]) -> bool:
    """Whether the terms of a text hold these, one after the other."""
    return any(_places(phrase, text))


def _places(phrase: Phrase, text: Sequence[str]) -> Iterable[bool]:
    first, length = phrase[0], len(phrase)
    return (tuple(text[place : place + length]) == phrase for place, term in enumerate(text) if term == first)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is asked while somebody types: titles that hold these terms, and a word that begins so."""

    terms: tuple[str, ...]
    begins: Collection[str]
    """As it was typed, and its stem."""
    groups: tuple[tuple[str, ...], ...]

    def text(self, dialect: str) -> str:
        """As the index of this database is asked."""
        tags, begins = self.groups, sorted(self.begins)
        if dialect == "postgresql":
            asked = [" | ".join(f"'#{tag}'" for tag in group) for group in tags]
            asked += [f"'{TITLE}{term}'" for term in self.terms]
            asked.append(" | ".join(f"'{TITLE}{beginning}':*" for beginning in begins))
            return " & ".join(f"({each})" for each in asked)
        asked = [f"tags : ({' OR '.join(map(_quoted, group))})" for group in tags]
        asked += [f"title : {_quoted(term)}" for term in self.terms]
        asked.append(f"title : ({' OR '.join(f'{_quoted(beginning)} *' for beginning in begins)})")
        return " AND ".join(f"({each})" for each in asked)
