"""What the events of this slice show."""

from typing import Any

PRESENTERS: dict[str, Any] = {}
