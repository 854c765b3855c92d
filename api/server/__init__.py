"""The HTTP server: listening sockets, connections and their limits, graceful shutdown.

Limits of requests are in `api/gate`. Nothing here knows tickets or accounts.
"""
