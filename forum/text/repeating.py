"""Words that stand again in somebody else's running text, without any mark of a quote."""

from collections.abc import Iterable

from forum.text.erasing import words_in
from forum.text.personal_data import nhs_numbers

RUN = 8
"""So many words one after the other nobody writes again by chance; but see `forget`."""


class Said:
    """What a post said, in all its versions, to be found again in the words of others."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.numbers: set[str] = set()
        self._runs: set[tuple[str, ...]] = set()
        for text in texts:
            self.numbers |= nhs_numbers(text)
            self._runs |= _runs(text)

    def forget(self, texts: Iterable[str]) -> None:
        """Leave out runs that were written before, such as those of a signature; never a number."""
        for text in texts:
            self._runs -= _runs(text)

    def has_number_in(self, text: str) -> bool:
        """Whether an NHS number of it stands in this text."""
        return bool(self.numbers) and not self.numbers.isdisjoint(nhs_numbers(text))

    def has_words_in(self, text: str) -> bool:
        """Whether a run of its words stands in this text."""
        return bool(self._runs) and not self._runs.isdisjoint(_runs(text))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = words_in(text)
    return set(zip(*(words[start:] for start in range(RUN)), strict=False))
