"""Alembic's entry: runs the steps on the connection that `forum.migrate` hands over."""

from alembic import context

import auth.tables
import forum.tables
import realtime.tables

TARGETS = [realtime.tables.metadata, auth.tables.metadata, forum.tables.metadata]

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=TARGETS,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    # What each database searches by can't be described as a table: see `forum/tables/search.py`.
    include_name=lambda name, *_: not str(name).startswith("search_index"),
)
with context.begin_transaction():
    context.run_migrations()
