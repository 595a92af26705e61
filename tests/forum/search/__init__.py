"""Tests of the search: the index, and who finds what."""
