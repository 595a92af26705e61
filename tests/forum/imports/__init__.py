"""Archives that are brought in."""
