"""Small archives for tests: letters as a mailing list kept them, written as an mbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

START = datetime(2004, 5, 3, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: its id is "<id>@list.example.org"; `hour` counts from START."""

    id: str
    subject: str = "Pens"
    author: str = "Ada Okafor <ada@example.org>"
    answers: str = ""
    hour: float = 0
    body: str = "Who has the pens?"

    @property
    def date(self) -> datetime:
        """When it was written."""
        return START + timedelta(hours=self.hour)

    def text(self) -> str:
        """As it stands in an mbox."""
        answers = f"In-Reply-To: <{self.answers}@list.example.org>\n" if self.answers else ""
        author = f"From: {self.author}\n" if self.author else ""
        return (
            f"From MAILER-DAEMON {self.date:%a %b %e %H:%M:%S %Y}\n{author}Subject: {self.subject}\n"
            f"Date: {format_datetime(self.date)}\nMessage-ID: <{self.id}@list.example.org>\n{answers}\n{self.body}\n\n"
        )


def write_mbox(folder: Path, letters: Sequence[Letter | str], name: str = "archive.mbox") -> Path:
    """A file with these letters; a text goes in as it is."""
    path = folder / name
    path.write_text("".join(each if isinstance(each, str) else each.text() for each in letters), "utf-8")
    return path


def discussion(id: str, count: int, *, subject: str = "", hour: float = 0, people: int = 4) -> list[Letter]:
    """A letter and answers to it, an hour apart, each answering the one before, by several people in turn."""
    subject = subject or f"About {id}"
    return [
        Letter(
            f"{id}-{number}",
            subject if number == 0 else f"Re: {subject}",
            f"Person {number % people} <person{number % people}@example.org>",
            f"{id}-{number - 1}" if number else "",
            hour + number,
            f"Letter {number} of {id}.\n\n> What somebody said before.\n\n-- \nPerson {number % people}",
        )
        for number in range(count)
    ]
