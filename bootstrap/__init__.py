"""The composition root: settings become contracts, mailers, pagers, logs, metrics and traces.

`worker.py` and `commands/` start from here; nothing below imports it.
"""
