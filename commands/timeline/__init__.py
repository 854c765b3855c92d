"""What happened to a ticket or an account, told for people.

The events themselves are recorded by `workflows`.
"""
