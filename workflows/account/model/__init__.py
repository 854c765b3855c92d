"""What an account exchanges: its actions and their inputs, its events, its views. The state of an
account and the effects of actions are one folder up.
"""
