"""Brings discussions in from elsewhere."""
