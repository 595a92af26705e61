"""The JSON API against its own description."""
