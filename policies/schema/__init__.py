"""The models of the YAML documents: policies, contracts, and the facts of a request.

They define structure only. Checks between fields are in `policies/checks`.
"""
