"""Pages for people: the reference at `/docs`, and the problem types. They have no scripts.

The texts come from the OpenAPI document and `api/http`.
"""
