"""The documents of the demonstration: the files in `documents/`, one for each network that has some.

A file begins with a `folder: name` line for each folder; `, moderators only` narrows it. `== A title` begins a
document with `name: value` lines: the name of its file, its folder, its tags, and `about`, what it is. A line
`-- ada 12 09:10: what is new` begins a version that Ada shared (times as in `script`), and all up to the next such line
is what is in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files

from forum.seeds.script import Act, UnreadableScript

_VERSION = re.compile(r"^-- (\w+) (\d+ \d\d:\d\d)(?:: (.+))?\n", re.MULTILINE)
_NARROWED = ", moderators only"


@dataclass(slots=True)
class Paper:
    """A document. Each version is by somebody, at some time, with its note; and the text of its file."""

    title: str
    name: str = ""
    folder: str = ""
    about: str = ""
    tags: list[str] = field(default_factory=list)
    versions: list[tuple[Act, str]] = field(default_factory=list)


@dataclass(slots=True)
class Library:
    """The folders of a network, each with whether it is narrowed, and its documents."""

    folders: dict[str, bool] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)


def read_library(network: str) -> Library:
    """The documents of the network of this name; none where no file is about it. Raises UnreadableScript."""
    written = files("forum.seeds") / "documents" / f"{network}.txt"
    return _library(written.read_text("utf-8")) if written.is_file() else Library()


def _library(text: str) -> Library:
    first, *others = re.split(r"^== ", text, flags=re.MULTILINE)
    library = Library()
    for name, value in _lines(first.splitlines()):
        if name != "folder":
            raise UnreadableScript(name)
        library.folders[value.removesuffix(_NARROWED)] = value.endswith(_NARROWED)
    library.papers = [_paper(part) for part in others]
    return library


def _paper(text: str) -> Paper:
    head, *parts = _VERSION.split(text)
    title, *lines = head.strip().splitlines()
    paper = Paper(title)
    for name, value in _lines(lines):
        if name == "tags":
            paper.tags = value.split(", ")
        elif name in ("name", "folder", "about"):
            setattr(paper, name, value)
        else:
            raise UnreadableScript(name)
    for by, at, note, words in zip(*(iter(parts),) * 4, strict=True):
        paper.versions.append((Act(by, at, note or ""), words.strip() + "\n"))
    return paper


def _lines(lines: Iterable[str]) -> list[tuple[str, str]]:
    found = [line.partition(": ") for line in lines if line]
    return [(name, value) for name, _, value in found]
