"""Floor 4: the acts. The only writer of the tables, Report and Job excepted.

Every act takes ``by=`` (a user, or ``MACHINE("job name")``) and writes one Event in its own transaction.
"""
