"""The slice of site."""
