"""The texts of the page, in each language. Its layout is in `api/personal_data/templates`."""
