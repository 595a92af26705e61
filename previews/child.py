"""The process that reads one file, from its standard input, and says on its standard output what is in it.

Whatever goes wrong here ends in a reason or in the end of the process; both are sentences to whoever asked.
"""

import json
import os
from typing import BinaryIO

from previews import confinement
from previews.archives import Archive
from previews.excel import tell_workbook
from previews.kinds import find_kind
from previews.limits import Limits
from previews.opendocument import find_opendocument, tell_opendocument
from previews.parts import End, Refusal, Refused, Why
from previews.pdf import load_fonts, tell_pdf
from previews.pictures import load_readers, tell_image, tell_photo
from previews.plain import tell_markdown, tell_table, tell_text
from previews.powerpoint import tell_slides
from previews.telling import Teller
from previews.word import tell_document

_TELLERS = {
    "pdf": tell_pdf,
    "image": tell_image,
    "text": tell_text,
    "markdown": tell_markdown,
    "table": tell_table,
}
_OFFICE = {"word": tell_document, "xl": tell_workbook, "ppt": tell_slides}


def main(limits_json: str, purpose: str, suffix: str) -> None:
    """Read the file. `purpose` is "pages" or "photo"; `suffix` is what its name ends with, without the dot."""
    limits = Limits(**json.loads(limits_json))
    confinement.bound(limits)
    speech = os.fdopen(1, "wb", closefd=False)
    teller = Teller(speech, limits)
    load_readers()
    load_fonts()
    warm_up()
    confinement.close(limits)
    with os.fdopen(0, "rb", closefd=False) as file:
        file.seek(0)
        try:
            if purpose == "photo":
                _demand_image(file)
                tell_photo(file, limits, teller)
            else:
                tell_file(file, suffix, limits, teller)
            teller.say(End())
        except Refused as refused:
            teller.say(Refusal(refused.why))
        except (MemoryError, RecursionError):
            teller.say(Refusal(Why.TOO_LARGE))
        except BrokenPipeError:
            pass
        except Exception:
            teller.say(Refusal(Why.BROKEN))
    os._exit(0)  # what libraries do at their end may be harmed by the file


def warm_up() -> None:
    """Have at hand what would be loaded on first use, which may be when nothing can be opened any more."""
    for encoding in ("utf-8-sig", "utf-16", "cp1252", "ascii", "cp437", "latin-1"):
        b"".decode(encoding)


def tell_file(file: BinaryIO, suffix: str, limits: Limits, teller: Teller) -> None:
    """Say what is in the file. Raises Refused."""
    kind = find_kind(file, suffix)
    if kind in ("audio", "video"):
        teller.facts(kind, 0)
    elif kind == "archive":
        _tell_archive(file, limits, teller)
    else:
        _TELLERS[kind](file, limits, teller)


def _tell_archive(file: BinaryIO, limits: Limits, teller: Teller) -> None:
    archive = Archive(file, limits)
    kind = find_opendocument(archive)
    if kind is not None:
        tell_opendocument(archive, kind, teller)
        return
    main = archive.relations("").get("officeDocument", "")
    tell = _OFFICE.get(main.partition("/")[0])
    if tell is None or main not in archive:
        raise Refused(Why.UNKNOWN)
    tell(archive, main, teller)


def _demand_image(file: BinaryIO) -> None:
    if find_kind(file, "") != "image":
        raise Refused(Why.UNKNOWN)
