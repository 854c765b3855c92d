"""Files to policies and contracts, and which revision is in force.

Reading YAML is in `policies/documents`, checking in `policies/checks`.
"""
