"""The templates of e-mails, a folder for each language, and the values that each template gets."""
