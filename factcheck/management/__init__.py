"""The command-line face, and what the demo needs beside its command."""
