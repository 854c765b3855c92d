"""Replaying the events of a proof: the process of a ticket, without notices and automatic steps.

The clocks are those of `workflows/ticket/clocks`. Nothing here reads a proof.
"""
