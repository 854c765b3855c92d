"""The announcement workflow: it tells the accounts under a policy of a revision, page by page.

What an announcement says is in `policies/reports`, e-mails are written and sent by `activities`.
"""
