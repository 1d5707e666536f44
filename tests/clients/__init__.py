"""Clients that others' tools generate from the description of the API, against a real site."""
