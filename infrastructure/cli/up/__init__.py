"""``up``: the whole service on one machine.

Theory of operation. One process, the supervisor, holds the lock of its directory and starts, in this order: PostgreSQL
and Valkey (unless configured elsewhere), the server, the worker; it stops them in reverse. The server and the worker
are the same ``__main__.py server`` and ``worker`` as in production, told where to go by environment variables. Every
child ends with the supervisor: the kernel signals it when that dies. What is left over all the same is found by the
mark in its environment, or by its pid file, once the lock is held, and ended before anything is started.
"""
