"""The templates of e-mails, a folder for each language, and the facts that each is given."""
