"""The agents that the desk of an experiment knows: the workload assigns tickets to them."""

AGENTS = (
    {"id": "ada", "name": "Ada Agent", "email": "ada@desk.example"},
    {"id": "bo", "name": "Bo Agent", "email": "bo@desk.example"},
    {"id": "lead", "name": "The lead", "email": "Support-Lead@Contently.example"},
)
