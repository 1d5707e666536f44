"""Fact-checking for a newsroom: claims, typed figures, evidence, sign-off, and a gate before publication."""
