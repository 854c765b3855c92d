"""Why a ticket or an account refuses an action, and the texts that the system writes by itself.

The refusals of requests for a new ticket are in `policies/i18n`.
"""
