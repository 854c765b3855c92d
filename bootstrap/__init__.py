"""The composition root: builds senders, contract directory and telemetry from settings.

`worker.py` and `commands/` import it; the packages below do not.
"""
