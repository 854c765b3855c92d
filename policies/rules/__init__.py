"""What must agree between the parts of a valid policy document, one noun a file.

Each rule is a function from the policy to findings; `policies/consistency.py` lists them all.
"""
