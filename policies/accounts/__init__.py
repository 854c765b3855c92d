"""The terms of an account: availability, service credits, claims, bookable hours.

The terms of a ticket are in `policies/terms`.
"""
