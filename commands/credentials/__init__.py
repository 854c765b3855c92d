"""Commands about the credentials of callers: API keys, hashes of tokens. Each command is a module
with a function of its name.

How a credential is checked is in `api/identity`.
"""
