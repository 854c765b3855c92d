"""The first version of a policy: the questions that `desk new-policy` asks, and the file it writes.

What a policy may contain is defined in `policies/schema`.
"""
