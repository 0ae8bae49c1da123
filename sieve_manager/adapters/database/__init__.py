"""Our own database: one adapter in several files, on SQLite or PostgreSQL."""
