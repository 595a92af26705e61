"""English words brought to their stem, so that "prevented" finds "prevention": Porter's second algorithm.

Ours because the library of the same algorithm loads some thirty languages, several megabytes that a server would
hold for nothing. What it makes of a few hundred words stands in the test as the library makes it.
"""

import re

_VOWELS = frozenset("aeiouy")
_DOUBLES = ("bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt")
_BEFORE_LI = frozenset("cdeghkmnrt")
_BEGINNINGS = ("arsen", "commun", "emerg", "gener", "inter", "later", "organ", "past", "univers")
_BRITISH = re.compile(r"(?<=[a-z]{4}i)s(?=(?:e|ed|es|er|ers|ing|ation|ations|ational)\Z)")
_WHOLE = {
    "skis": "ski",
    "skies": "sky",
    "dying": "die",
    "lying": "lie",
    "tying": "tie",
    "idly": "idl",
    "gently": "gentl",
    "ugly": "ugli",
    "early": "earli",
    "only": "onli",
    "singly": "singl",
    **{word: word for word in ("sky", "news", "howe", "atlas", "cosmos", "bias", "andes")},
}
_FROM_WHOLE = {term: tuple(word for word, whole in _WHOLE.items() if whole == term) for term in _WHOLE.values()}
_DONE = frozenset(("inning", "outing", "canning", "evening", "herring", "earring", "proceed", "exceed", "succeed"))
_SECOND = (
    ("ization", "ize"),
    ("ational", "ate"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("tional", "tion"),
    ("biliti", "ble"),
    ("lessli", "less"),
    ("entli", "ent"),
    ("ation", "ate"),
    ("ogist", "og"),
    ("alism", "al"),
    ("aliti", "al"),
    ("ousli", "ous"),
    ("iviti", "ive"),
    ("fulli", "ful"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("abli", "able"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("alli", "al"),
    ("bli", "ble"),
)
_THIRD = (
    ("ational", "ate"),
    ("tional", "tion"),
    ("alize", "al"),
    ("icate", "ic"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ness", ""),
    ("ful", ""),
)
_FOURTH = (
    *("ement", "ance", "ence", "able", "ible", "ment"),
    *("ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al", "er", "ic"),
)


def stem(word: str) -> str:
    """The stem of a word of the letters a to z; anything else, and what is very short, stays as it is.

    "organise" and "organize" have one.
    """
    if len(word) <= 2 or not (word.isascii() and word.isalpha()):
        return word
    if word in _WHOLE:
        return _WHOLE[word]
    word = _mark_consonants(_BRITISH.sub("z", word))
    first = _region(word, 0) if not word.startswith(_BEGINNINGS) else _after_beginning(word)
    second = _region(word, first)
    word = _plural(word)
    if word not in _DONE:
        word = _ending_y(_past(word, first))
        word = _fourth(_third(_second(word, first), first, second), second)
        word = _last(word, first, second)
    return word.lower()


def _mark_consonants(word: str) -> str:
    """A `y` that begins the word or follows a vowel is a consonant; it is written large."""
    if "y" not in word:
        return word
    letters = list(word)
    for place, letter in enumerate(letters):
        if letter == "y" and (place == 0 or letters[place - 1] in _VOWELS):
            letters[place] = "Y"
    return "".join(letters)


def _region(word: str, start: int) -> int:
    """Where the part begins that follows the first consonant after a vowel."""
    for place in range(start + 1, len(word)):
        if word[place] not in _VOWELS and word[place - 1] in _VOWELS:
            return place + 1
    return len(word)


def _after_beginning(word: str) -> int:
    return next(len(beginning) for beginning in _BEGINNINGS if word.startswith(beginning))


def _has_vowel(part: str) -> bool:
    return any(letter in _VOWELS for letter in part)


def _ends_short(word: str) -> bool:
    """Whether it ends in a short syllable: "hop", "at"."""
    if len(word) == 2:
        return word[0] in _VOWELS and word[1] not in _VOWELS
    return (
        len(word) > 2
        and word[-1] not in _VOWELS
        and word[-1] not in "wxY"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
    )


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith(("ied", "ies")):
        return word[:-2] if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("us", "ss")) and _has_vowel(word[:-2]):
        return word[:-1]
    return word


def _past(word: str, first: int) -> str:
    for ending in ("eedly", "eed"):
        if word.endswith(ending):
            return word[: len(word) - len(ending)] + "ee" if len(word) - len(ending) >= first else word
    for ending in ("ingly", "edly", "ing", "ed"):
        if word.endswith(ending):
            rest = word[: len(word) - len(ending)]
            return _mend(rest, first) if _has_vowel(rest) else word
    return word


def _mend(rest: str, first: int) -> str:
    if rest.endswith(("at", "bl", "iz")):
        return rest + "e"
    if rest.endswith(_DOUBLES):
        return rest if len(rest) == 3 and rest[0] in "aeo" else rest[:-1]
    return rest + "e" if len(rest) <= first and _ends_short(rest) else rest


def _ending_y(word: str) -> str:
    if len(word) > 2 and word[-1] in "yY" and word[-2] not in _VOWELS:
        return word[:-1] + "i"
    return word


def _second(word: str, first: int) -> str:
    for ending, instead in _SECOND:
        if word.endswith(ending):
            place = len(word) - len(ending)
            return word[:place] + instead if place >= first else word
    if word.endswith("ogi"):
        return word[:-1] if len(word) - 3 >= first and word[-4:-3] == "l" else word
    if word.endswith("li") and len(word) - 2 >= first and word[-3:-2] in _BEFORE_LI:
        return word[:-2]
    return word


def _third(word: str, first: int, second: int) -> str:
    if word.endswith("ative"):
        return word[:-5] if len(word) - 5 >= second else word
    for ending, instead in _THIRD:
        if word.endswith(ending):
            place = len(word) - len(ending)
            return word[:place] + instead if place >= first else word
    return word


def _fourth(word: str, second: int) -> str:
    for ending in _FOURTH:
        if word.endswith(ending):
            place = len(word) - len(ending)
            return word[:place] if place >= second else word
    if word.endswith("ion") and len(word) - 3 >= second and word[-4:-3] in ("s", "t"):
        return word[:-3]
    return word


def _last(word: str, first: int, second: int) -> str:
    place = len(word) - 1
    if word.endswith("e") and (place >= second or (place >= first and not _ends_short(word[:-1]))):
        return word[:-1]
    if word.endswith("l") and place >= second and word[-2:-1] == "l":
        return word[:-1]
    return word


def beginnings(term: str) -> set[str]:
    """How every word begins that has this term: by its first letters, without the last, which may be `i` for a `y`."""
    return {each[: min(3, max(1, len(each) - 1))] for each in (term, *_FROM_WHOLE.get(term, ()))}
