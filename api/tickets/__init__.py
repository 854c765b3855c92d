"""Routes of tickets and their models: opening, reading, actions, revisions.

The effects of actions are in `workflows/ticket`.
"""
