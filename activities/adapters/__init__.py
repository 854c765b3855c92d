"""Adapters of the ports: SMTP, PagerDuty, contract files, a contract directory over HTTP.

They are wired in `bootstrap`.
"""
