"""How much of everything one file may take, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is said of a file that passes one stands in `parts.Why`."""

    seconds: float = 240.0
    """Of waiting for the process; what came by then stays."""
    cpu_seconds: int = 200
    memory: int = 1 << 30
    """Addresses, in bytes."""
    pages_drawn: int = 300
    pages_read: int = 2_000
    pixels: int = 120_000_000
    """Of one image, before it is made smaller."""
    entries: int = 10_000
    """Files inside an archive."""
    unpacked: int = 1 << 30
    """Bytes of all that is inside an archive, as it says itself."""
    part: int = 100 << 20
    """Bytes of one file inside an archive, as it turns out."""
    ratio: int = 300
    """How many times larger a part of an archive may be than packed; real ones are 5 to 100 times."""
    depth: int = 200
    """Elements inside one another."""
    text: int = 5_000_000
    """Characters, of all pages."""
    html: int = 2_000_000
    """Characters, of all pages."""
    page: int = 1_000_000
    """Characters of one page, and as many of its markup."""
    rows: int = 500
    columns: int = 60
    reads_files: bool = True
    """Whether the process may read programs and fonts; other files it never may."""


LIMITS = Limits()
WIDTHS = (1_000, 360)
"""Of pictures, in pixels, the larger first."""
TALLEST = 3_000
"""Pixels of a picture from top to bottom."""
PHOTO_SIDES = (400, 96)
"""Of squares for photos of people."""
