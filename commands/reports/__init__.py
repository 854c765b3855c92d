"""Documents and tables generated from code: the lifecycle, clause citations, translations.

Reports about a policy itself are in `policies/reports`.
"""
