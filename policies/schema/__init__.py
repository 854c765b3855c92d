"""The models of the YAML documents: policies, contracts, and the facts of a request.

Only the shape is here. Checks across fields are in `policies/checks`.
"""
