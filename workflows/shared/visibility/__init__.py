"""Who sees what: one table of every field and event of tickets and accounts, and its application.

The tables are data, by the names of models and events. Views, e-mails and lists apply them.
"""
