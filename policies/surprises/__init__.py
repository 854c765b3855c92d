"""What is legal in a policy but would surprise its owner or its customers, one noun a file.

Each rule is a function from the policy to findings; `policies/linting.py` lists them all.
"""
