"""Commands about encrypted histories: the codec endpoint and master keys. Each command is a module
with a function of its name.

How payloads are encrypted is in `encryption`.
"""
