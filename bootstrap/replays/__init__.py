"""Replays histories on the code of this process: for `desk replay`, and in the workers of a build.

Which build is asked to replay what, is in `commands/temporal`.
"""
