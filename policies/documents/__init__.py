"""YAML documents as data with line numbers, and problems with their place in a file.

The checks of a policy's content are in `policies/checks`.
"""
