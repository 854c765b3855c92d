"""Support policies: documents, business time, checks, and the terms of a ticket or account.

Nothing here knows Temporal, HTTP, SQL, mail or the terminal.
"""
