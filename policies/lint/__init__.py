"""Warnings about legal documents that are probably mistakes.

Errors are in `policies/checks`.
"""
