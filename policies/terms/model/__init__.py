"""The terms of a ticket as plain data, which outlives the code that wrote it.

How a policy and a contract determine them is in `policies/terms`.
"""
