"""Proofs of tickets: a signed record from which anybody recomputes due times, breaches and credits.

Nothing here knows Temporal, HTTP, settings or the terminal. The record is replayed by the code of
`workflows/ticket` that keeps live tickets. Decision 0045 explains the format.
"""
