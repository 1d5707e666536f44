"""Marks of tests: what takes long runs where nothing may be skipped, as ``.ci/run`` does, and says so elsewhere."""

import os

import pytest

THOROUGH = bool(os.environ.get("FACTCHECK_SKIP_NOTHING"))
thorough = pytest.mark.skipif(not THOROUGH, reason="takes long: FACTCHECK_SKIP_NOTHING=1 runs it, as .ci/run does")
