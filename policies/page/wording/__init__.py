"""The words of support pages in each language, and how it writes durations, times and dates.

What a page says is decided in `policies/page/sections`.
"""
