"""How many guesses long a password is: what everybody chooses counts as one piece, anything else letter by letter.

A list of the commonest passwords knows `password1234` and not `password4321!`. So we keep the words,
rows of keys and habits of which such passwords are made, and count how many of them make up the whole.
"""

import re
import unicodedata

#: With fewer pieces a password is among the first that are tried: `Summer2026!!` has three, twelve random letters
#: twelve, four words four or more.
MIN_PIECES = 4

_WORD_LIST = """
password passwort passwd passcode passphrase pass word secret geheim letmein let me in welcome willkommen hello
hallo bonjour login signin admin administrator root user username guest test testing tester demo default change
changeme temp temporary access master system server computer internet network office windows microsoft google
apple samsung android facebook instagram twitter youtube linkedin amazon netflix office365 outlook
love loveyou iloveyou ilove you forever baby babygirl princess prince angel lovely sweet sweetheart honey darling
sunshine rainbow flower flowers butterfly summer winter spring autumn monday tuesday wednesday thursday friday
saturday sunday january february march april may june july august september october november december
football soccer baseball basketball hockey rugby cricket tennis golf liverpool chelsea arsenal manchester united
everton tottenham celtic rangers barcelona madrid juventus dortmund bayern england scotland wales ireland london
dragon monkey tiger lion eagle shadow ninja samurai batman superman spiderman pokemon pikachu starwars star wars
matrix gandalf hobbit harry potter hermione trustno1 trust nobody whatever nothing anything something
freedom liberty peace jesus christ church bible heaven god blessed family mother father mummy daddy brother sister
michael jennifer jordan michelle daniel jessica charlie thomas robert george william andrew joshua matthew ashley
nicole hannah amanda samantha elizabeth victoria charlotte oliver oscar buster bailey maggie molly bella lucky
cheese chocolate cookie coffee banana orange apple pepper ginger vanilla cherry pizza
red blue green black white yellow purple silver golden gold diamond money dollar million number one two three
four five six seven eight nine zero super mega big best cool sexy hot killer hacker player gamer game games
minecraft fortnite roblox xbox playstation nintendo mustang ferrari porsche corvette mercedes yamaha honda
public service health hospital clinic doctor nurse patient medical council school university college student
teacher department ministry government board committee member members team work company business
confer forum discussion account private my mine the and is this that not abc xyz qaz wsx
"""
_WORDS = frozenset(_WORD_LIST.split())
_LONGEST_WORD = max(map(len, _WORDS))
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "147258369",
    "159357",
    "!@#$%^&*()",
    '!"£$%^&*()',
)
_LINES = tuple(line for row in _ROWS for line in (row, row[::-1]))
_SHORTEST_RUN = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_DISGUISES = str.maketrans("@4831!05$7€", "aaebiiosste")


def pieces(password: str, own_words: frozenset[str] = frozenset()) -> int:
    """The least number of guessable pieces that make up the password; `own_words` are its owner's.

    A password that repeats one part counts as that part and one more.
    """
    typed = password.casefold()
    unit = _repeated_part(typed)
    if len(unit) < len(typed):
        return pieces(unit, own_words) + 1
    undone = typed.translate(_DISGUISES)
    words = _WORDS | own_words
    longest_word = max(_LONGEST_WORD, *map(len, own_words)) if own_words else _LONGEST_WORD
    best = [0] * (len(typed) + 1)
    for end in range(1, len(typed) + 1):
        best[end] = best[end - 1] + (0 if _is_filler(typed[end - 1]) else 1)
        for start in range(max(0, end - longest_word), end - 1):
            if best[start] + 1 < best[end] and _is_guessable(typed[start:end], undone[start:end], words):
                best[end] = best[start] + 1
    return best[-1]


def words_of(text: str) -> frozenset[str]:
    """The words of three letters and more in a name or an address, which a guesser of this person tries first."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return frozenset(word for word in re.split(r"[\W\d_]+", folded) if len(word) >= 3)


def _is_guessable(typed: str, undone: str, words: frozenset[str]) -> bool:
    """Whether this part is a common word, a year, one character again and again, or a row of keys."""
    if typed in words or undone in words:
        return True
    if len(set(typed)) == 1 or (len(typed) == 4 and _YEAR.match(typed)):
        return True
    return len(typed) >= _SHORTEST_RUN and any(typed in line for line in _LINES)


def _is_filler(character: str) -> bool:
    """What joins words and is guessed for nothing."""
    return character in " -_.,"


def _repeated_part(text: str) -> str:
    """The shortest part that, written again and again, gives the text; the text itself where there is none."""
    shift = (text + text).find(text, 1)
    return text[:shift]
