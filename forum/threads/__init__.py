"""The slice of threads."""
