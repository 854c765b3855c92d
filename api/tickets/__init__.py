"""Routes and bodies of tickets: opening, reading, actions, revisions.

What an action does is in `workflows/ticket`.
"""
