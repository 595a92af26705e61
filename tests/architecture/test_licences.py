"""What runs with Confer may be used by anybody for anything: permissive licences only."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import PurePosixPath

from tests.architecture.sources import text

PERMISSIVE = re.compile(
    r"\b(?:MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|Zlib|HPND|CNRI|MPL)\b", re.IGNORECASE
)
REFUSED = re.compile(r"\b(?:[AL]?GPL|(?:Affero |Lesser )?General Public Licen[cs]e|SSPL|BUSL)", re.IGNORECASE)
TEST_TOOLS_ONLY = re.compile(r"\bMPL\b|Mozilla", re.IGNORECASE)


def names() -> list[str]:
    """The packages that a running Confer needs."""
    return re.findall(r"^([a-zA-Z0-9._-]+)==", text(PurePosixPath("requirements/run.txt")), re.MULTILINE)


def licence(package: Distribution) -> str:
    """What the package says of its licence: the expression, the old field's first line and the classifiers."""
    said = package.metadata.json
    classifiers = [line for line in said.get("classifier", []) if line.startswith("License ::")]
    old = str(said.get("license", "")).strip().splitlines()[:1]
    return " | ".join(filter(None, [str(said.get("license_expression", "")), *old, *classifiers]))


def verdict(said: str) -> str:
    """Empty where the licence is permissive, else what is wrong with it."""
    if REFUSED.search(said):
        return "not permissive"
    if TEST_TOOLS_ONLY.search(said):
        return "for test tools only"
    return "" if PERMISSIVE.search(said) else "unknown"


def _installed() -> dict[str, Distribution]:
    found = {}
    for name in names():
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # for another system only, such as colorama
            continue
    return found


def test_all_that_runs_is_permissive() -> None:
    said = {name: licence(package) for name, package in _installed().items()}
    assert len(said) > 20
    assert {name: words for name, words in said.items() if verdict(words)} == {}


def test_others_would_be_refused() -> None:
    assert (
        verdict("MIT") == verdict("BSD-3-Clause") == verdict("License :: OSI Approved :: Apache Software License") == ""
    )
    for said in (
        "LGPL-3.0-only",
        "GPLv3",
        "License :: OSI Approved :: GNU Affero General Public License v3",
        "MPL-2.0",
        "",
    ):
        assert verdict(said), said
