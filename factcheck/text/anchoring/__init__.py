"""Anchoring: where a stretch of an old text stands in a new version of the text, and what changed in it.

- ``alignment``: which sentence of the old text became which of the new
- ``anchors``: where a span went
- ``changes``: what changed between two wordings, in classes
"""

from factcheck.text.anchoring.anchors import reanchor, reanchor_all
from factcheck.text.anchoring.changes import bare_words

__all__ = ["bare_words", "reanchor", "reanchor_all"]
