"""Files that wait for a virus scanner."""
