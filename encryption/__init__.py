"""Encrypted histories: the codec of payloads, data keys, master keys and their store.

Nothing here knows tickets, accounts or settings. Decision 0036 explains the design.
"""
