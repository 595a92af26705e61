"""The slice of networks."""
