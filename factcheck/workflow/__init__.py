"""Floor 4: the actions. The only writer of the tables, Report and Job excepted.

Every action takes ``by=`` (a user, or ``MACHINE("job name")``) and writes one Event in its own transaction.
"""
