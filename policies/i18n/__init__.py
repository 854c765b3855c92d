"""Texts by language: locales, phrases, and the refusals of requests.

The templates of e-mails are in `activities/templates`.
"""
