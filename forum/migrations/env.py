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
)
with context.begin_transaction():
    context.run_migrations()
