"""Contensive: three categories of support, and not one time. The page decides what is covered."""

from tests.policies.readings.reading import Reading

READING = Reading(
    policy="contensive",
    # "User Support", "Custom Feature Warranty", "Framework Warranty"
    values=(("how_to", "custom_feature", "framework"),),
    desks={},
    served_by={},
    lines=(),
)
