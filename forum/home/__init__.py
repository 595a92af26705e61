"""The slice of home."""
