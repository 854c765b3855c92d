"""The composition root: builds mailer, pager, contract directory and telemetry from settings.

`worker.py` and `commands/` import it; the packages below do not.
"""
