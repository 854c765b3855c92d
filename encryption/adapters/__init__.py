"""Adapters of the ports of `encryption`: data keys in SQLite and PostgreSQL, and master keys in a
key management service. They are wired in `bootstrap`.
"""
