"""What runs beside a process: its timer, its activities, its signals, and what is shown of it.

Each reports back by changing the ticket or the account, or by `reported`, which wakes the process;
nothing here decides anything.
"""
