"""Clients that start, update and query the workflows.

They run outside workflows: in the API, in commands, and in activities.
"""
