"""What is promised to an account: availability, service credits, and their terms.

What is promised for one ticket is in `policies/terms`.
"""
