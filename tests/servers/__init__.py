"""The real servers that tests talk to: PostgreSQL, Redis, Confer itself and a browser."""
