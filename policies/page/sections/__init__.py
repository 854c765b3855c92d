"""The sections of a support page, made from a policy: one file for each subject.

The words are in `policies/page/wording`, the model and its rendering one folder up.
"""
