"""A page that exists, compared with its policy: the numbers that only one of them has.

Reading the file is up to the caller. Pages that we make are in `policies/page/sections`.
"""
