"""The texts of the report, a file for each language."""
