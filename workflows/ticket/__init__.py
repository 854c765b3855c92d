"""The ticket workflow, from its data up: model, actions, process, runtime, workflow.

Only `workflow.py` and `runtime` import `temporalio`.
"""
