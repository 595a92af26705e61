"""What is said of a file, gathered."""

import io
from dataclasses import dataclass, field, replace
from pathlib import Path

from previews.child import tell_file
from previews.limits import LIMITS, Limits
from previews.parts import HEAD, Cut, Facts, Page, Picture, Refused, Spoken, Why, read_part
from previews.prepare import Purpose, prepare
from previews.telling import Teller

QUICK = replace(LIMITS, seconds=20.0, cpu_seconds=15)


@dataclass(slots=True)
class Told:
    """The pieces, sorted."""

    facts: Facts | None = None
    pages: list[Page] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    cuts: list[Why] = field(default_factory=list)

    def add(self, part: Spoken) -> None:
        """One more piece."""
        match part:
            case Facts():
                self.facts = part
            case Page():
                self.pages.append(part)
            case Picture():
                self.pictures.append(part)
            case Cut(why):
                self.cuts.append(why)

    @property
    def kind(self) -> str:
        assert self.facts
        return self.facts.kind

    @property
    def words(self) -> str:
        return "\n".join(page.text for page in self.pages)

    @property
    def html(self) -> str:
        return "\n".join(page.html for page in self.pages)


async def hear(
    folder: Path, content: bytes, name: str = "file", limits: Limits = QUICK, purpose: Purpose = "pages"
) -> Told:
    """What is said of this content. Raises Refused."""
    path = folder / "content"
    path.write_bytes(content)
    told = Told()
    async with prepare(path, name, limits, purpose) as parts:
        async for part in parts:
            told.add(part)
    return told


def tell_here(content: bytes, suffix: str = "", limits: Limits = QUICK) -> Told:
    """What is said of this content without another process. Raises Refused."""
    stream, told = io.BytesIO(), Told()
    tell_file(io.BytesIO(content), suffix, limits, Teller(stream, limits))
    stream.seek(0)
    while head := stream.read(HEAD.size):
        words, body = HEAD.unpack(head)
        told.add(read_part(stream.read(words), stream.read(body)))
    return told


async def why_not(folder: Path, content: bytes, name: str = "file", limits: Limits = QUICK) -> Why | None:
    """Why nothing of this content is shown; None where something is."""
    try:
        await hear(folder, content, name, limits)
    except Refused as refused:
        return refused.why
    return None
