"""Support policies: documents, business time, checks, and the terms of tickets and accounts.

Nothing here imports Temporal, HTTP, SQL, mail or the terminal.
"""
