"""Commands about proofs of tickets. Each command is a module with a function of its name.

How a proof is made and verified is in `proof`.
"""
