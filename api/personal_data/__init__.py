"""The personal data of one person over HTTP: what is held is exported, as JSON or as a page, and
erased.

What an erasure does is in `workflows/client/erasure`, who sees what in
`workflows/shared/visibility`, and the commands are in `commands/personal_data`.
"""
