"""The truth: PostgreSQL, by SQLAlchemy and asyncpg."""
