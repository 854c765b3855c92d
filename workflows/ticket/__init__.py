"""The ticket workflow, from its data up: model, clocks, state, actions, notices, process,
runtime, workflow.

Only `workflow.py` and `runtime` import `temporalio`.
"""
