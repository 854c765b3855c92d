"""What runs beside a process: its timer, its activities, its signals, and what is shown of it.

Each reports back by changing the ticket or the account, or by `reported`, which wakes the process;
nothing here decides anything. What changes it asks for the instant by the `Present` it is given: an
activity may end in the same task in which a timer fires, or before a clock is rung that ran out
while no worker was there, and what was due first stands first.
"""
