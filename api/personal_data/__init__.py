"""The erasure of a person over HTTP: its route, and the erasures that are running. What an erasure
does is in `workflows/client/erasure`.
"""
