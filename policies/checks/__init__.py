"""Errors in a policy or contract, one noun a file, each with its place.

A warning about a legal document belongs in `policies/lint`.
"""
