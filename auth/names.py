"""Names and short texts of people: free of invisible characters, stacked accents and mixed alphabets."""

import re
import unicodedata

LONGEST_NAME = 100
LONGEST_LINE = 120
LONGEST_ABOUT = 2_000

#: No language that people write names in needs more marks than this on one letter.
_MARKS_ON_A_LETTER = 3
_WORD_ENDS = re.compile(r"[\s\-–'’./()]+")
_JOINERS = "\u200c\u200d"
#: They count as letters, or as marks, and show nothing.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f\u180b\u180c\u180d\u180e")
#: Alphabets whose letters can be taken for each other.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
#: Letters that look Latin, and the digits that stand in for letters; enough to see that two names look the same.
_LOOK_ALIKES = str.maketrans(
    "авекмнорстухѕіјԁһԛԝоαβεηικνορτυχѡ01|",
    "abekmhopctyxsijdhqwoabenikvoptuxwoll",
)


def clean_name(text: str) -> str:
    """A person's name as it may be shown: 1 to 100 characters on one line.

    Raises ValueError with a sentence for the person.
    """
    name = _clean(text)
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise ValueError("Write the name by which the others know you.")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"This name is too long: at most {LONGEST_NAME} characters, and it has {len(name):,}.")
    for word in _WORD_ENDS.split(name):
        if len(_alphabets(word)) > 1:
            raise ValueError(f"The word “{word}” mixes letters of two alphabets that look alike. Type it in one.")
    return name


def clean_line(text: str, longest: int = LONGEST_LINE) -> str:
    """A short text on one line, such as a job title; may be empty. Raises ValueError if it is too long."""
    line = _clean(text)
    if len(line) > longest:
        raise ValueError(f"This is too long: at most {longest} characters, and it has {len(line):,}.")
    return line


def clean_about(text: str, longest: int = LONGEST_ABOUT) -> str:
    """A few lines about oneself; blank lines are kept, one at a time. Raises ValueError if they are too long."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        cleaned = _clean(line)
        if cleaned or (lines and lines[-1]):
            lines.append(cleaned)
    about = "\n".join(lines).strip("\n")
    if len(about) > longest:
        raise ValueError(f"This is too long: at most {longest:,} characters, and it has {len(about):,}.")
    return about


def look_alike_key(text: str) -> str:
    """Equal for two names that a hurried reader takes for one: accents, case, spaces and look-alike letters gone.

    For showing more than the name where two people of one place share it; never for refusing the name of a person.
    """
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_LOOK_ALIKES)
    letters = (character for character in plain if unicodedata.category(character)[0] in "LN")
    return "".join(letters).replace("rn", "m").replace("vv", "w")


def appearance(text: str) -> str:
    """What a name on a page looks like: as above, and a capital I is a small L. Names that look the same mislead."""
    return look_alike_key(text.replace("I", "l"))


def _clean(text: str) -> str:
    """One line without what shows nothing or turns the text around; spaces collapsed."""
    kept: list[str] = []
    marks = 0
    characters = unicodedata.normalize("NFC", "".join(_plain(character) for character in text))
    for position, character in enumerate(characters):
        if character in _JOINERS:
            if _joins(characters, position):
                kept.append(character)
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS_ON_A_LETTER:
            kept.append(character)
    return " ".join("".join(kept).split())


def _plain(character: str) -> str:
    """The character, a space for any blank, nothing for what is invisible, or the letter behind a font's disguise."""
    if character in _BLANKS or character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Co", "Cn") or (category == "Cf" and character not in _JOINERS):
        return ""
    if unicodedata.decomposition(character).startswith(("<font>", "<wide>", "<narrow>", "<circle>", "<square>")):
        return unicodedata.normalize("NFKC", character)
    return character


def _joins(text: str, position: int) -> bool:
    """Whether a joiner here has work to do: Persian, Indic scripts and emoji need it, Latin never."""
    if not 0 < position < len(text) - 1:
        return False
    return all(
        unicodedata.category(text[neighbour]) in ("Lo", "Mn", "Mc", "So", "Sk")
        for neighbour in (position - 1, position + 1)
    )


def _alphabets(word: str) -> set[str]:
    """Which of the alphabets that look alike the word's letters come from."""
    letters = (character for character in word if character.isalpha())
    return {unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in letters} & set(_ALIKE)
