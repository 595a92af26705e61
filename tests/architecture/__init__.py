"""Rules about the source itself: floors, sizes, names, and what must not be written anywhere."""
