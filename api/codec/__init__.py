"""The codec endpoint: Temporal's UI and CLI have payloads decrypted and encrypted by it.

It is a server of its own (`desk codec`), so that the API that customers reach decrypts nothing for
others. The codec itself is in `encryption`.
"""
