"""Errors in a policy or contract, one file per subject, each error at its place.

Warnings about legal documents are in `policies/lint`.
"""
