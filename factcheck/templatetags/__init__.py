"""Template filters of the app: how a name from the code is shown to a person."""
