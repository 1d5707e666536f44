"""The actions of the app: the only code that writes the tables, except Report and Job.

Every action takes ``by=`` (a user, or ``MACHINE("job name")``) and writes one Event in its own transaction.
"""
