"""Imported by a process that others are forked from, after all other modules: fills the caches that
every `desk` would fill, with results that depend on nothing but the code and its data.
"""

import gc

from api.tickets.action_routes import action_routes
from policies.loading.policy_catalog import PolicyCatalog

PolicyCatalog.shipped()
action_routes()
# What is alive now lives as long as the process: forks need not traverse, and thereby copy, it.
gc.collect()
gc.freeze()
