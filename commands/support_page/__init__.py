"""Commands about the support page that a customer reads. Each is a module with a function of its
name.

What a page says is in `policies/page`, and pages are compared with policies by `desk check`.
"""
