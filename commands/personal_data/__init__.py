"""Commands about the personal data of one person. Each command is a module with a function of its
name.

What an export has is in `api/personal_data`, what an erasure does in `workflows/client/erasure`.
"""
