"""Coverage decisions: CEL expressions over the facts of a request, and the verdict.

The models of coverage rules are in `policies/schema`.
"""
