"""The slice of accounts."""
