"""Administrators go through the members: keep, ask, end; and sign what they saw."""
