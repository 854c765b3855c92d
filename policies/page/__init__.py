"""The support page that a customer reads: its model, and its rendering as HTML and Markdown.

The content is made in `policies/page/sections`, and a page that exists is compared with a policy in
`policies/page/comparison`. Nothing here reads or writes files of others.
"""
