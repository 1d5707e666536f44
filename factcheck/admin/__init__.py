"""The admin face: every record to be seen by whoever may see it, nothing to be changed or deleted here."""

from . import records

__all__ = ["records"]
