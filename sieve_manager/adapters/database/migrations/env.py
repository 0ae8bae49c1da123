"""What Alembic runs: the steps, over the connection that already holds the lock."""

from alembic import context

from sieve_manager.adapters.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
