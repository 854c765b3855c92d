"""Loading files as policies and contracts, and finding the revision in force.

Reading YAML is in `policies/documents`, checking in `policies/checks`.
"""
