"""What kinds of files and their sizes are called."""

_KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.ms-word.document.macroenabled.12": "Word with macros",
    "application/vnd.ms-excel.sheet.macroenabled.12": "Excel with macros",
    "application/vnd.ms-powerpoint.presentation.macroenabled.12": "PowerPoint with macros",
    "application/vnd.oasis.opendocument.text": "OpenDocument text",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument table",
    "application/vnd.oasis.opendocument.presentation": "OpenDocument slides",
    "application/zip": "ZIP archive",
    "application/rtf": "RTF",
    "application/x-ole-storage": "Office, old format",
    "text/plain": "Text",
    "text/markdown": "Markdown",
    "text/csv": "CSV table",
    "text/html": "Web page",
    "image/svg+xml": "SVG drawing",
}
_CHECKS = {
    "waiting": "It is being checked for viruses",
    "unchecked": "The virus scanner could not check it yet",
    "infected": "A virus was found in it: nobody can open it",
}
_FAMILIES = {"image": "Picture", "audio": "Sound", "video": "Video", "text": "Text"}
_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB"))


def kind_words(media_type: str) -> str:
    """What people call a file of this type."""
    return _KINDS.get(media_type) or _FAMILIES.get(media_type.partition("/")[0], "File")


_SYMBOLS = (
    ("pdf", ("application/pdf",)),
    ("table", ("text/csv", "application/vnd.ms-excel", "application/vnd.oasis.opendocument.spreadsheet")),
    ("slides", ("application/vnd.ms-powerpoint", "application/vnd.oasis.opendocument.presentation")),
    ("picture", ("image/",)),
    ("play", ("audio/", "video/")),
    ("document", ("text/", "application/rtf", "application/vnd.ms-word", "application/vnd.oasis.opendocument.text")),
)
_OFFICE = {"wordprocessingml": "document", "spreadsheetml": "table", "presentationml": "slides"}


def kind_symbol(media_type: str) -> str:
    """The icon of a file of this type: text, table, slides, PDF, picture, sound and film, or any other."""
    office = media_type.removeprefix("application/vnd.openxmlformats-officedocument.").partition(".")[0]
    if office in _OFFICE:
        return _OFFICE[office]
    return next((symbol for symbol, beginnings in _SYMBOLS if media_type.startswith(beginnings)), "file")


def check_words(check: str) -> str:
    """Why a file of a post is held back, to stand beside its name."""
    return _CHECKS[check]


def size_words(size: int) -> str:
    """A size as people say it: "3.4 MB", "12 KB"."""
    for unit, word in _UNITS:
        if size >= unit:
            number = size / unit
            return f"{number:.1f} {word}" if number < 10 else f"{number:.0f} {word}"
    return f"{size} bytes" if size != 1 else "1 byte"
