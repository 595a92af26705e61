"""Faults under load: simulated people, a recorder outside the server, a checker, and scenarios."""
