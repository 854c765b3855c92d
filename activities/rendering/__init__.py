"""From a notice to an e-mail or an alert: templates, words, local times, sanitizing.

Sending is in `activities/adapters`.
"""
