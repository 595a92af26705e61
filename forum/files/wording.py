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
_FAMILIES = {"image": "Picture", "audio": "Sound", "video": "Video", "text": "Text"}
_UNITS = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB"))


def kind_words(media_type: str) -> str:
    """What people call a file of this type."""
    return _KINDS.get(media_type) or _FAMILIES.get(media_type.partition("/")[0], "File")


def size_words(size: int) -> str:
    """A size as people say it: "3.4 MB", "12 KB"."""
    for unit, word in _UNITS:
        if size >= unit:
            number = size / unit
            return f"{number:.1f} {word}" if number < 10 else f"{number:.0f} {word}"
    return f"{size} bytes" if size != 1 else "1 byte"
