"""Pages and tables made from the code: the process, citations of clauses, translations.

Reports about a policy itself are in `policies/reports`.
"""
