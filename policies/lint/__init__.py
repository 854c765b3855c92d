"""Warnings about legal documents that may not mean what they say.

An error belongs in `policies/checks`.
"""
