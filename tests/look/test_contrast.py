"""The colours keep what they promise: words at least 4.5:1, edges of fields at least 3:1, in light and in dark."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "base" / "tokens.css").read_text()
LIGHT, DARK = TOKENS.split("@media (prefers-color-scheme: dark)")
ACCENTS = ("teal", "indigo", "plum", "brick", "moss", "ocean", "amber", "slate")

WORDS = [
    *[(ink, ground) for ink in ("ink", "muted") for ground in ("page", "surface", "sunken", "new")],
    *[("accent", ground) for ground in ("page", "surface", "new")],
    *[(kind, ground) for kind in ("danger", "good", "warning") for ground in ("page", "surface", f"{kind}-soft")],
    *[("ink", f"{kind}-soft") for kind in ("danger", "good", "warning")],
    ("ink", "found"),
    ("page", "ink"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("count-ink", "count"),
    *[("on-accent", accent) for accent in ACCENTS],
    *[(f"tint-ink-{number}", f"tint-{number}") for number in range(8)],
    *[(f"code-{kind}", "sunken") for kind in ("key", "text", "number", "name", "note")],
]
EDGES = [("edge", "page"), ("edge", "surface"), ("accent", "page"), *[(accent, "page") for accent in ACCENTS]]


def tokens(css: str) -> dict[str, str]:
    """The colours that a part of the file sets, as six hexadecimal digits."""
    found = re.findall(r"--([a-z0-9-]+): #([0-9a-f]{3,6})\b", css)
    return {name: value if len(value) == 6 else "".join(2 * digit for digit in value) for name, value in found}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG between two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read(scheme: str) -> None:
    colours = tokens(scheme)
    ratios = {f"{ink} on {ground}": contrast(colours[ink], colours[ground]) for ink, ground in WORDS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)
    ratios = {f"{edge} on {ground}": contrast(colours[edge], colours[ground]) for edge, ground in EDGES}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 3} == {}


def test_dark_has_every_colour_of_light() -> None:
    assert tokens(LIGHT).keys() == tokens(DARK).keys()


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("000000", "ffffff"), 1) == 21
    assert round(contrast("767676", "ffffff"), 2) == 4.54
